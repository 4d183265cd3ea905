using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Weights;

namespace Hybrid.GpuHost.Tests.Weights.Cache;

/// <summary>A long while of versions that come, are used, and are given back.</summary>
public sealed class CacheWalkTests : IDisposable
{
    private const int Versions = 7;
    private const int Steps = 150;
    private const long Budget = 60_000;

    private readonly StagingFixture _fixture = new();
    private readonly Dictionary<ModelId, long> _sizes = [];

    public CacheWalkTests() => _fixture.Options.MaxCacheBytes = Budget;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Stage_AnySteps_StaysInsideTheBudgetAndKeepsWhatIsHeld(int seed)
    {
        var random = new Random(seed);
        Publish(random);
        var host = _fixture.Host();
        var held = new Dictionary<ModelId, StagedVersion>();
        var refusals = 0;
        for (var step = 0; step < Steps; step++)
        {
            var id = new ModelId("model", random.Next(1, Versions + 1));
            if (held.Remove(id, out var version))
            {
                version.Dispose();
            }
            else if (held.Keys.Sum(other => _sizes[other]) + _sizes[id] <= Budget)
            {
                held.Add(id, await host.StageAsync(id, TestContext.Current.CancellationToken));
            }
            else
            {
                refusals++;
                Assert.True((await Assert.ThrowsAsync<WeightsException>(() => host.StageAsync(id, TestContext.Current.CancellationToken))).MayPass);
            }

            Assert.InRange(SizeOf(_fixture.Cache), 0, Budget);
            Assert.All(held.Values, other => Assert.Equal(_sizes[other.Id], SizeOf(other.Folder)));
        }

        Assert.InRange(refusals, 1, Steps / 2);
        foreach (var version in held.Values)
        {
            version.Dispose();
        }
    }

    public void Dispose() => _fixture.Dispose();

    private void Publish(Random random)
    {
        for (var version = 1; version <= Versions; version++)
        {
            var id = new ModelId("model", version);
            Directory.CreateDirectory(_fixture.PublishedFolder(id));
            _fixture.Write(Path.Combine(_fixture.PublishedFolder(id), "model.onnx"), new byte[random.Next(1_000, 40_000)]);
            var manifest = _fixture.Seal(id);
            _sizes[id] = manifest.Size + manifest.ToJson().Length;
        }
    }

    private static long SizeOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
