using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Batching;

/// <summary>A queue whose runs wait at a gate, and whose clock a test moves on.</summary>
public abstract class GatedQueueTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ModelMetrics _metrics;
    private BatchQueue<string, string>? _queue;

    protected GatedQueueTests() =>
        _metrics = new ModelMetrics(new HostTelemetry(_services.GetRequiredService<IMeterFactory>()), new ModelId("m", 1), Time);

    protected FakeTimeProvider Time { get; } = new();

    private protected GatedRunner Runner { get; } = new();

    /// <summary>Taken when the first request comes.</summary>
    protected BatchingOptions Options { get; } = new() { MaxQueueSize = 100, MaxClientBatchSize = 100 };

    protected BatchQueue<string, string> Queue => _queue ??= QueueOf(Runner);

    public async ValueTask DisposeAsync()
    {
        Runner.Open();
        if (_queue is not null)
        {
            await _queue.DisposeAsync();
        }

        Runner.Dispose();
        _metrics.Dispose();
        await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected BatchQueue<string, string> QueueOf(params GatedRunner[] runners) => new(runners, Options.ToSettings(), "test", _metrics, Time);

    protected Task<Reply> EnqueueAsync(params string[] items) => EnqueueAsync(items, long.MaxValue, default, TestContext.Current.CancellationToken);

    protected Task<Reply> EnqueueAsync(string item, RequestSchedule schedule, long deadline = long.MaxValue) =>
        EnqueueAsync([item], deadline, schedule, TestContext.Current.CancellationToken);

    protected async Task<Reply> EnqueueAsync(string[] items, long deadline, RequestSchedule schedule, CancellationToken cancellationToken)
    {
        using var reply = await Queue.EnqueueAsync(items, deadline, schedule, cancellationToken);
        return new Reply([.. reply.Results], reply.Queued, reply.Computed);
    }

    protected sealed record Reply(IReadOnlyList<string> Results, TimeSpan Queued, TimeSpan Computed);
}
