using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Hybrid.GpuHost.Tests.Batching;

/// <summary>Alone in the process while it runs: it counts what all threads allocate.</summary>
[CollectionDefinition(nameof(BatchQueueAllocationTests), DisableParallelization = true)]
public sealed class BatchQueueAllocationCollection;

[Collection(nameof(BatchQueueAllocationTests))]
public sealed class BatchQueueAllocationTests(ITestOutputHelper output) : IDisposable
{
    private const int Requests = 20_000;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public async Task Queue_InSteadyState_AllocatesNextToNothing(int callers)
    {
        using var metrics = new ModelMetrics(new HostTelemetry(_services.GetRequiredService<IMeterFactory>()), new ModelId("m", 1), TimeProvider.System);
        await using var queue = new BatchQueue<int, long>([new Doubling(), new Doubling()], new BatchingOptions().ToSettings(), "quiet", metrics, TimeProvider.System);
        using var leaving = new CancellationTokenSource();
        await CallAsync();

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await CallAsync();
        var bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Requests;

        output.WriteLine($"{bytes:0.0} bytes for a request");
        Assert.InRange(bytes, 0, 50);

        Task CallAsync() => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Requests / callers; i++)
            {
                using var reply = await queue.EnqueueAsync([i], long.MaxValue, default, leaving.Token);
                if (reply.Results[0] != 2L * i)
                {
                    // Not Assert.Equal, which allocates.
                    Assert.Fail($"{i} was doubled to {reply.Results[0]}");
                }
            }
        })));
    }

    public void Dispose() => _services.Dispose();

    private sealed class Doubling : IBatchRunner<int, long>
    {
        public int TokensOf(int item) => 1;

        public void Run(ReadOnlySpan<int> items, Span<long> results, CancellationToken cancellationToken)
        {
            for (var i = 0; i < items.Length; i++)
            {
                results[i] = 2L * items[i];
            }
        }
    }
}
