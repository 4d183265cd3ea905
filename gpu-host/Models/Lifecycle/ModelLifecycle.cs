using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Models.Configuration;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Weights;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>Which versions are in memory, and why the others are not: follows the source, and does what it is told.</summary>
public sealed class ModelLifecycle : IAsyncDisposable
{
    private readonly IModelSource _source;
    private readonly ModelsState _models;
    private readonly VersionTable _table = new();
    private readonly WantedVersions _wanted = new();
    private readonly VersionLoads _loads;
    private readonly ModelReconciler _reconciler;
    private readonly ModelTurns _turns = new();
    private volatile SourceListing _listing = new([], []);

    public ModelLifecycle(
        IModelSource source,
        WeightsStaging staging,
        MemoryBudget memory,
        ModelLoader loader,
        ModelsState models,
        ModelConfigurations configurations,
        IOptions<LifecycleOptions> options,
        HostTelemetry telemetry,
        TimeProvider time,
        ILogger<ModelLifecycle> logger)
    {
        (_source, _models) = (source, models);
        _loads = new VersionLoads(source, staging, memory, loader, models, _table, _wanted, new LoadMetrics(telemetry), options.Value, time, logger);
        _reconciler = new ModelReconciler(
            source, new VersionPolicySource(source, configurations, options, logger), _loads, models, _table, _wanted, options.Value, time, logger);
    }

    /// <summary>Every version that is published, or about to be, by name and version.</summary>
    public IEnumerable<VersionEntry> Index
    {
        get
        {
            var known = _table.All.ToList();
            var incomplete = _listing.Incomplete.Except(known.Select(status => status.Id)).Select(id => new VersionEntry(
                id, VersionState.Unavailable, $"not published completely: {ModelManifest.FileName}, which comes last, is not there"));
            return known.Select(EntryOf).Concat(incomplete).OrderBy(entry => entry.Id.Name, StringComparer.Ordinal).ThenBy(entry => entry.Id.Version);
        }
    }

    /// <summary>The source did not answer when it was asked last: what it had said before is served.</summary>
    internal bool IsBehind => _listing.IsRecalled;

    /// <summary>When the next of the versions that failed is due to be tried again, as a timestamp of the clock; null: none is.</summary>
    /// <param name="now">What was due before and was not tried is not wanted any more.</param>
    internal long? NextRetry(long now) =>
        _table.All.Where(status => !status.IsLoading && status.LastAttempt?.RetryAt > now).Min(status => status.LastAttempt!.RetryAt);

    /// <summary>Loads this version and publishes it, once however many ask; returns when it serves.</summary>
    /// <exception cref="Exception">Why it does not; <see cref="Index"/> says so too.</exception>
    public Task LoadAsync(ModelId id, CancellationToken cancellationToken) => _loads.LoadAsync(id, cancellationToken);

    /// <summary>Serves this version no more; returns when its last request is answered and its memory free. Who polls or loads brings it back.</summary>
    public Task UnloadAsync(ModelId id) => _reconciler.WithdrawAsync(id, "unloaded");

    /// <summary>
    /// Serves what should be served of this model, as it is published now: also when it was unloaded, and when it failed before. Returns when
    /// that is tried.
    /// </summary>
    /// <exception cref="HybridException">
    /// <see cref="ErrorCode.ModelNotFound"/>: it is not published. <see cref="ErrorCode.Unprocessable"/>: its newest version does not load, or
    /// <see cref="ErrorCode.Unavailable"/>: not now; what was served of it is served on.
    /// </exception>
    public async Task LoadAsync(string name, CancellationToken cancellationToken)
    {
        var published = (await ListAsync(cancellationToken)).Published.Where(id => id.Name == name).ToList();
        if (published.Count == 0)
        {
            throw new HybridException(ErrorCode.ModelNotFound, $"No model '{name}' is published.", "model");
        }

        _wanted.Load(name);
        published.ForEach(id => _table.Set(id, status => status with { LastAttempt = status.LastAttempt is { Succeeded: true } served ? served : null }));
        await ReconcileAsync(name, _turns.BeginAsync(name, published, cancellationToken), cancellationToken);
        if (_table.Of(name).LastOrDefault(status => status.LastAttempt is { Succeeded: false }) is { } failed)
        {
            throw new HybridException(new Error(
                failed.LastAttempt!.RetryAt is null ? ErrorCode.Unprocessable : ErrorCode.Unavailable, $"{failed.Id} is not served: {failed.Reason}", "model"));
        }
    }

    /// <summary>Serves nothing of this model until it is loaded by name; returns when it takes nothing new.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.ModelNotFound"/>: nothing is known of it.</exception>
    public void Unload(string name)
    {
        if (!_table.Of(name).Any())
        {
            throw new HybridException(ErrorCode.ModelNotFound, $"No model '{name}' is published.", "model");
        }

        _wanted.Unload(name);
        foreach (var status in _table.Of(name))
        {
            _ = _reconciler.WithdrawAsync(status.Id, "unloaded");
        }
    }

    /// <summary>Asks the source what is published, and begins to serve it.</summary>
    /// <returns>One task for each model that is looked at.</returns>
    internal async Task<IReadOnlyList<Task>> PollAsync(CancellationToken cancellationToken)
    {
        var published = (await ListAsync(cancellationToken)).Published.ToLookup(id => id.Name);
        var names = published.Select(versions => versions.Key).Union(_models.Current.Offered.Select(model => model.Id.Name)).Union(_table.All.Select(status => status.Id.Name));
        return
        [
            .. names.Order(StringComparer.Ordinal)
                .Where(name => _turns.TryAnnounce(name, [.. published[name]]))
                .Select(name => ReconcileAsync(name, _turns.BeginAsync(name, cancellationToken), cancellationToken)),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _loads.DisposeAsync();
        _turns.Dispose();
    }

    private async Task<SourceListing> ListAsync(CancellationToken cancellationToken) => _listing = await _source.ListAsync(cancellationToken);

    private async Task ReconcileAsync(string name, Task<IReadOnlyList<ModelId>> turn, CancellationToken cancellationToken)
    {
        var published = await turn;
        try
        {
            // Until it is looked at for the first time, it is known at least.
            foreach (var id in published)
            {
                _table.Set(id, status => status);
            }

            await _reconciler.RunAsync(name, published, cancellationToken);
        }
        finally
        {
            _turns.End(name);
        }
    }

    private VersionEntry EntryOf(VersionStatus status) => new(
        status.Id,
        _models.Current.Find(status.Id) is not null ? VersionState.Ready
            : status.IsLoading ? VersionState.Loading
            : status.IsLeaving ? VersionState.Unloading
            : VersionState.Unavailable,
        status.Reason.Length == 0 && _models.Current.IsParked(status.Id) ? "unloaded to make room; it is loaded when it is asked for" : status.Reason);
}
