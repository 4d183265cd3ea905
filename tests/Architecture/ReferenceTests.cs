namespace Hybrid.Architecture.Tests;

/// <summary>Who may know whom (docs/architecture.md).</summary>
public sealed class ReferenceTests
{
    [Theory]
    [InlineData("Hybrid.Contracts")]
    [InlineData("Hybrid.Onnx")]
    [InlineData("Hybrid.Telemetry")]
    [InlineData("Hybrid.Models", "Hybrid.Contracts", "Hybrid.Onnx")]
    [InlineData("Hybrid.GpuHost", "Hybrid.Contracts", "Hybrid.Onnx", "Hybrid.Telemetry")]
    [InlineData("Hybrid.Orchestrations", "Hybrid.Contracts")]
    [InlineData("Hybrid.Functions", "Hybrid.Contracts", "Hybrid.Orchestrations", "Hybrid.Telemetry")]
    [InlineData("Hybrid.LocalHost", "Hybrid.Contracts", "Hybrid.Orchestrations", "Hybrid.Functions", "Hybrid.Telemetry")]
    [InlineData("Hybrid.Stack", "Hybrid.Contracts", "Hybrid.Models")]
    public void Project_KnowsNoMoreThanItMay(string project, params string[] allowed) =>
        Assert.Empty(Repository.References[project].Except(allowed));

    [Fact]
    public void Compat_IsNamedByTheBuildSwitchAlone()
    {
        var named = Repository.Files(Repository.Root, "*.csproj")
            .Where(path => !path.StartsWith(Path.Combine(Repository.Root, "compat"), StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path).Contains("compat/", StringComparison.Ordinal));

        Assert.Empty(named);
    }

    [Fact]
    public void Projects_AreAllInTheSolution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Hybrid.sln"));
        var absent = Repository.Files(Repository.Root, "*.csproj")
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(path => !path.StartsWith("compat", StringComparison.Ordinal))
            .Where(path => !solution.Contains(path.Replace('/', '\\'), StringComparison.Ordinal));

        Assert.Empty(absent);
    }

    [Fact]
    public void Sources_HaveNoConditionalCompilation()
    {
        var conditional = Repository.Files(Repository.Root, "*.cs")
            .Where(path => File.ReadLines(path).Any(line => line.TrimStart().StartsWith("#if ", StringComparison.Ordinal)));

        Assert.Empty(conditional);
    }
}
