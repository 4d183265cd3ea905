using System.Security.Cryptography;
using Hybrid.Contracts.Models;

namespace Hybrid.Models.Tests;

public sealed class DemoModelsTests(DemoFolder demo)
{
    [Fact]
    public async Task Write_Twice_GivesEqualBytes()
    {
        var again = Directory.CreateTempSubdirectory("hybrid-models-");
        try
        {
            await DemoModels.WriteAsync(again.FullName, new Progress<string>(), TestContext.Current.CancellationToken);

            Assert.Equal(Digests(demo.Path), Digests(again.FullName));
        }
        finally
        {
            again.Delete(recursive: true);
        }
    }

    [Fact]
    public void Write_EveryModel_HasAManifestOfAllItsFiles()
    {
        Assert.Equal(["demo-embed", "demo-rerank", "demo-generate"], DemoModels.Names);
        foreach (var name in DemoModels.Names)
        {
            var folder = demo.Model(name);
            var manifest = ModelManifest.Parse(File.ReadAllBytes(Path.Combine(folder, ModelManifest.FileName)));
            var digests = Digests(folder).Where(file => file.Key != ModelManifest.FileName);

            Assert.Equal(digests, manifest.Files.Select(file => KeyValuePair.Create(file.Path, file.Sha256)));
            Assert.All(manifest.Files, file => Assert.Equal(new FileInfo(Path.Combine(folder, file.Path)).Length, file.Size));
            Assert.InRange(manifest.Files.Sum(file => file.Size), 1, 5_000_000);
        }
    }

    [Fact]
    public async Task Write_OverAnEarlierVersion_ReplacesIt()
    {
        var directory = Directory.CreateTempSubdirectory("hybrid-models-");
        try
        {
            var stale = Path.Combine(directory.CreateSubdirectory("demo-embed/1").FullName, "stale.bin");
            await File.WriteAllTextAsync(stale, "left over", TestContext.Current.CancellationToken);

            await DemoModels.WriteAsync(directory.FullName, new Progress<string>(), TestContext.Current.CancellationToken);

            Assert.False(File.Exists(stale));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Write_Cancelled_LeavesNoManifest()
    {
        var directory = Directory.CreateTempSubdirectory("hybrid-models-");
        try
        {
            using var cancelled = new CancellationTokenSource();
            await cancelled.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => DemoModels.WriteAsync(directory.FullName, new Progress<string>(), cancelled.Token));

            Assert.Empty(Directory.GetFiles(directory.FullName, ModelManifest.FileName, SearchOption.AllDirectories));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static SortedDictionary<string, string> Digests(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(folder, file).Replace('\\', '/'),
            file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))),
        StringComparer.Ordinal);
}
