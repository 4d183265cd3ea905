using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Models.Lifecycle;

public sealed class ReplacedVersionTests : IDisposable
{
    private const int Versions = 10;

    private readonly TestFolder _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Poll_NewVersions_NothingHoldsTheReplacedOnes()
    {
        VersionedModel.Publish(_repository, 1);
        await using var host = await LifecycleHost.ServeAsync(_repository);
        var replaced = new List<WeakReference>();
        for (var version = 2; version <= Versions; version++)
        {
            replaced.Add(Served(host));
            VersionedModel.Publish(_repository, version);
            await host.PollAsync();
            Assert.Equal(version, (await host.AskAsync()).Version);
        }

        await Eventually.IsTrueAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !replaced.Any(model => model.IsAlive);
        });
    }

    // Not inlined into the test, whose locals would hold it.
    private static WeakReference Served(LifecycleHost host) => new(host.Host.Get<ModelsState>().Current.Serving[VersionedModel.Name].Stable);
}
