using System.Text.RegularExpressions;
using Hybrid.Infra.Tests.Bicep;

namespace Hybrid.Infra.Tests;

/// <summary>azure.yaml against the files and tags that it names.</summary>
public sealed partial class AzdTests
{
    private static readonly string Yaml = RepositoryFiles.Read("azure.yaml");

    // azd finds what it deploys to by the tag azd-service-name.
    [Fact]
    public void Services_AreTaggedResources()
    {
        string[] services = [.. Service().Matches(Yaml).Select(match => match.Groups[1].Value)];

        Assert.Equal(["functions", "gpu-host"], services);
        Assert.Equal("'functions'", Templates.Functions.Root.Find("azd-service-name").Single().Text);
        Assert.Equal("name", Templates.GpuHost.Root.Find("azd-service-name").Single().Text);
        Assert.Equal("gpu-host", Templates.Main.Value(Templates.Main.Variables["gpuHostName"]));
    }

    [Fact]
    public void Paths_Exist()
    {
        Assert.All(PathSetting().Matches(Yaml).Select(match => match.Groups[1].Value), path => Assert.True(Path.Exists(RepositoryFiles.PathOf(path)), path));
        Assert.True(File.Exists(RepositoryFiles.PathOf($"infra/{Setting("module")}.bicep")));
        Assert.True(File.Exists(RepositoryFiles.PathOf($"infra/{Setting("module")}.parameters.json")));
    }

    [Fact]
    public void BuildArguments_AreArgumentsOfTheDockerfileAndOutputsOfMain()
    {
        var argument = BuildArgument().Match(Yaml);

        Assert.Contains($"ARG {argument.Groups[1].Value}=", RepositoryFiles.Read(Setting("path")), StringComparison.Ordinal);
        Assert.Contains(argument.Groups[2].Value, Templates.Main.Outputs);
    }

    private static string Setting(string name) => Regex.Match(Yaml, $@"^\s+{name}: (\S+)$", RegexOptions.Multiline).Groups[1].Value;

    [GeneratedRegex(@"^  ([a-z-]+):$", RegexOptions.Multiline)]
    private static partial Regex Service();

    [GeneratedRegex(@"^\s+(?:project|path|context): (\S+)$", RegexOptions.Multiline)]
    private static partial Regex PathSetting();

    [GeneratedRegex(@"^\s+- ([A-Z]+)=\$\{([A-Z_]+)\}$", RegexOptions.Multiline)]
    private static partial Regex BuildArgument();
}
