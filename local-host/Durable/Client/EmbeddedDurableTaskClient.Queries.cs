using Hybrid.LocalHost.Durable.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Durable.Client;

/// <summary>Asking, waiting, purging.</summary>
internal sealed partial class EmbeddedDurableTaskClient
{
    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        CheckName(instanceId, nameof(instanceId));
        cancellation.ThrowIfCancellationRequested();
        var row = engine.Store.Instance(instanceId);
        return Task.FromResult(row is null ? null : ToMetadata(row, getInputsAndOutputs));
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, static instance => instance.RuntimeStatus != OrchestrationRuntimeStatus.Pending, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, static instance => instance.IsCompleted, getInputsAndOutputs, cancellation);

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = new InstanceQuery(filter ?? new OrchestrationQuery());
        return Pageable.Create((string? continuation, int? pageSize, CancellationToken cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            var (rows, next) = engine.Store.Read(sql => query.Page(sql, continuation, pageSize));
            var page = rows.ConvertAll(row => ToMetadata(row, filter?.FetchInputsAndOutputs ?? false));
            return Task.FromResult(new Page<OrchestrationMetadata>(page, next));
        });
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        CheckName(instanceId, nameof(instanceId));
        var recursive = options?.Recursive ?? false;
        return new PurgeResult(await engine.Store.Writer.RunAsync(commit => commit.Purge(instanceId, recursive), cancellation), isComplete: true);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var recursive = options?.Recursive ?? false;
        var started = time.GetTimestamp();
        var query = new InstanceQuery(new OrchestrationQuery(filter.CreatedFrom, filter.CreatedTo, filter.Statuses));
        var purged = 0;
        string? continuation = null;
        do
        {
            // In pages: each is a transaction of its own, and other work is written between them.
            if (filter.Timeout is { } timeout && time.GetElapsedTime(started) >= timeout)
                return new PurgeResult(purged, isComplete: false);
            var (rows, next) = engine.Store.Read(sql => query.Page(sql, continuation, null));
            purged += await engine.Store.Writer.RunAsync(commit => rows.Sum(row => commit.Purge(row.Id, recursive)), cancellation);
            continuation = next;
        }
        while (continuation is not null);
        return new PurgeResult(purged, isComplete: true);
    }

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId, Func<OrchestrationMetadata, bool> isReached, bool getInputsAndOutputs, CancellationToken cancellation)
    {
        Task? change = null;
        while (true)
        {
            // The SDK documents null for an unknown instance, though its signature does not say so.
            if (await GetInstancesAsync(instanceId, getInputsAndOutputs, cancellation) is not { } instance)
                return null!;
            if (isReached(instance))
                return instance;
            // Only a change that was asked for before the status was read cannot be missed: the first round only asks.
            if (change is not null)
                await change.WaitAsync(cancellation);
            change = engine.Watch.NextChange(instanceId);
        }
    }

    private OrchestrationMetadata ToMetadata(InstanceRow row, bool withPayloads) => new(row.Name, row.Id)
    {
        RuntimeStatus = row.Status,
        CreatedAt = row.CreatedAt,
        LastUpdatedAt = row.UpdatedAt,
        Tags = row.Tags,
        FailureDetails = row.Failure?.ToDetails(),
        DataConverter = withPayloads ? engine.Payloads.Converter : null,
        SerializedInput = withPayloads ? row.Input : null,
        SerializedOutput = withPayloads ? row.Output : null,
        SerializedCustomStatus = withPayloads ? row.CustomStatus : null,
    };
}
