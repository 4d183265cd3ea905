using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Hybrid.GpuHost.Tests.Batching;

/// <summary>Many threads at a queue with real time, where requests leave at every moment: each is answered once, and nothing is left behind.</summary>
public sealed class BatchQueueStressTests : IDisposable
{
    private const int Callers = 32;
    private const int RequestsEach = 500;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ModelMetrics _metrics;
    private readonly LeaseCounts _leases = new();

    public BatchQueueStressTests() =>
        _metrics = new ModelMetrics(new HostTelemetry(_services.GetRequiredService<IMeterFactory>()), new ModelId("m", 1), TimeProvider.System);

    [Theory]
    [InlineData(1, 0, 0, false)]
    [InlineData(3, 0, 0, true)]
    [InlineData(2, 1000, 3, true)]
    public async Task Queue_LeftAtEveryMoment_AnswersEachOnceAndKeepsNothing(int lanes, int delay, int levels, bool buckets)
    {
        var options = new BatchingOptions
        {
            MaxBatchRequests = 8,
            MaxBatchTokens = 800,
            MaxQueueSize = 60,
            MaxQueueDelayMicroseconds = delay,
            PriorityLevels = levels,
            LengthBuckets = buckets,
            AllowTimeoutOverride = true,
            MaxClientBatchSize = 20,
        };
        var runners = Enumerable.Range(0, lanes).Select(lane => new LeasingRunner(_leases, lane, failures: 0.05)).ToList();
        var queue = new BatchQueue<int, Lease>(runners, options.ToSettings(), "stress", _metrics, TimeProvider.System);
        var outcomes = new ConcurrentDictionary<string, int>();

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(queue, new Random(caller), outcomes))));

        await queue.DisposeAsync();
        Assert.Equal(0, queue.Length);
        Assert.Equal(Callers * RequestsEach, outcomes.Values.Sum());
        Assert.True(outcomes["answered"] > Callers * RequestsEach / 20, string.Join(", ", outcomes));
        Assert.Equal(
            ["DeadlineExceeded", "Overloaded", "answered", "cancelled", "failed"], outcomes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0, _leases.Out);
        Assert.Equal((0, 0), (_metrics.Counts.Waiting, _metrics.Counts.Running));
        Assert.InRange(_leases.MostInside, 1, lanes);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _services.Dispose();
    }

    private async Task CallAsync(BatchQueue<int, Lease> queue, Random random, ConcurrentDictionary<string, int> outcomes)
    {
        for (var i = 0; i < RequestsEach; i++)
        {
            // Of any ten some leave at once, some soon, and some wait to the end.
            using var leaving = new CancellationTokenSource();
            if (random.Next(4) == 0)
            {
                leaving.CancelAfter(TimeSpan.FromMicroseconds(random.Next(0, 3000)));
            }

            var items = Enumerable.Range(0, 1 + random.Next(random.Next(4) == 0 ? 20 : 2)).Select(_ => random.Next(1_000_000)).ToArray();
            var deadline = random.Next(4) == 0 ? TimeProvider.System.GetTimestamp() + random.Next(0, 3_000_000) : long.MaxValue;
            var schedule = new RequestSchedule(random.Next(4), random.Next(4) == 0 ? random.Next(1, 3000) : 0);
            var outcome = await CallAsync(queue, items, deadline, schedule, leaving.Token);
            outcomes.AddOrUpdate(outcome, 1, (_, count) => count + 1);
        }
    }

    private async Task<string> CallAsync(
        BatchQueue<int, Lease> queue, int[] items, long deadline, RequestSchedule schedule, CancellationToken cancellationToken)
    {
        try
        {
            using var reply = await queue.EnqueueAsync(items, deadline, schedule, cancellationToken);
            Assert.Equal(items, reply.Results.ToArray().Select(lease => lease.Item));
            _leases.Give(-items.Length);
            return "answered";
        }
        catch (HybridException exception)
        {
            return exception.Error.Code.ToString();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return "cancelled";
        }
        catch (InvalidDataException)
        {
            return "failed";
        }
    }
}
