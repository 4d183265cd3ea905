using Hybrid.Infra.Tests.Bicep;

namespace Hybrid.Infra.Tests;

public sealed class SyntaxTests
{
    public static TheoryData<string> Files => [.. RepositoryFiles.BicepFiles.Select(path => Path.GetRelativePath(Repository.Root, path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_Parses_WithoutFaults(string file) =>
        Assert.Empty(Templates.All.Single(template => template.Path == RepositoryFiles.PathOf(file)).Faults);

    [Fact]
    public void Parser_BrokenFile_NamesTheLine()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "param a string\nresource b 'c@1' = {\n  name: \n");

            var fault = Assert.Single(BicepParser.Parse(path)[0].Faults.Take(1));

            Assert.StartsWith("line ", fault, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
