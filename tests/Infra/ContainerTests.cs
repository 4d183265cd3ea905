using System.Globalization;
using Hybrid.Contracts.Headers;
using Hybrid.GpuHost.Hosting;
using Hybrid.Infra.Tests.Bicep;

namespace Hybrid.Infra.Tests;

/// <summary>The Dockerfile against the program that it packs and the container app that runs it.</summary>
public sealed class ContainerTests
{
    private const string Path = "infra/containers/gpu-host.Dockerfile";

    private static readonly string[] Lines = RepositoryFiles.Read(Path).ReplaceLineEndings("\n").Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');

    private static readonly string Port = new Uri(new GpuHostOptions().Url).Port.ToString(CultureInfo.InvariantCulture);

    [Fact]
    public void Image_RunsAsNobodySpecial() =>
        Assert.True(int.Parse(Lines.Last(line => line.StartsWith("USER ", StringComparison.Ordinal))[5..], CultureInfo.InvariantCulture) > 0);

    [Fact]
    public void Image_ListensAndIsAskedOnTheHostsPort()
    {
        Assert.Contains($"EXPOSE {Port}", Lines);
        Assert.Contains(Lines, line => line.Contains($"Host__Url=http://0.0.0.0:{Port} ", StringComparison.Ordinal));
        var check = Assert.Single(Lines, line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal));
        Assert.Contains($"/dev/tcp/127.0.0.1/{Port} ", check, StringComparison.Ordinal);
        Assert.Contains($"GET {TaskRoutes.Live} ", check, StringComparison.Ordinal);
    }

    [Fact]
    public void Image_IsBuiltFromTheRealPackages()
    {
        var publish = Assert.Single(Lines, line => line.Contains("dotnet publish", StringComparison.Ordinal));

        Assert.Contains("HybridPackages=nuget", publish, StringComparison.Ordinal);
        Assert.Contains(".hybrid", File.ReadLines(RepositoryFiles.PathOf(".dockerignore")));
        Assert.True(File.Exists(RepositoryFiles.PathOf(publish.Split(' ').Single(word => word.EndsWith(".csproj", StringComparison.Ordinal)))));
        Assert.Contains("ENTRYPOINT [\"dotnet\", \"Hybrid.GpuHost.dll\"]", Lines);
    }

    [Fact]
    public void Cache_IsTheFolderThatTheContainerAppMounts()
    {
        var mount = Templates.GpuHost.Value(Templates.GpuHost.Root.Find("mountPath").Single());

        Assert.Contains(Lines, line => line.Contains($"Weights__CacheDirectory={mount} ", StringComparison.Ordinal));
    }

    // Every runtime that main.bicep can ask for is a stage.
    [Fact]
    public void Runtimes_AreStages() =>
        Assert.All(
            Templates.Main.Values(Templates.Main.Root.All.Single(node => node.Kind == "output_declaration" && node.Children[0].Text == "GPU_HOST_RUNTIME").Children[^1]),
            runtime => Assert.Contains(Lines, line => line.EndsWith($" AS runtime-{runtime}", StringComparison.Ordinal)));
}
