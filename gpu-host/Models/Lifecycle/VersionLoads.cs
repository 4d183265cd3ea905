using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Weights;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>
/// Brings versions into service, each once at a time however many ask for it:
/// <list type="number">
/// <item>Stage it, several at a time: that is waiting for others mostly.</item>
/// <item>Reserve its memory; others that nobody uses may have to go for it.</item>
/// <item>Load, warm up and check it, one at a time, on one thread that gives way to those which serve.</item>
/// <item>Publish it, unless nobody wants it any more.</item>
/// </list>
/// What fails leaves the version that serves as it was, and says why.
/// </summary>
internal sealed class VersionLoads : IAsyncDisposable
{
    private const int StagedAtATime = 4;

    private readonly IModelSource _source;
    private readonly WeightsStaging _staging;
    private readonly MemoryBudget _memory;
    private readonly ModelLoader _loader;
    private readonly ModelsState _models;
    private readonly VersionTable _table;
    private readonly WantedVersions _wanted;
    private readonly LoadMetrics _metrics;
    private readonly LifecycleOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _stagings = new(StagedAtATime);
    private readonly SemaphoreSlim _line = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<ModelId, Task> _running = [];

    public VersionLoads(
        IModelSource source,
        WeightsStaging staging,
        MemoryBudget memory,
        ModelLoader loader,
        ModelsState models,
        VersionTable table,
        WantedVersions wanted,
        LoadMetrics metrics,
        LifecycleOptions options,
        TimeProvider time,
        ILogger logger)
    {
        (_source, _staging, _memory, _loader, _models, _table, _wanted) = (source, staging, memory, loader, models, table, wanted);
        (_metrics, _options, _time, _logger) = (metrics, options, time, logger);
    }

    /// <summary>Returns when the version serves.</summary>
    /// <param name="id">The version.</param>
    /// <param name="cancellationToken">Ends the waiting; the load goes on, for others.</param>
    /// <exception cref="Exception">Why it does not.</exception>
    public Task LoadAsync(ModelId id, CancellationToken cancellationToken)
    {
        lock (_running)
        {
            if (!_running.TryGetValue(id, out var load))
            {
                _running.Add(id, load = Task.Run(() => RunAsync(id, _stopping.Token), CancellationToken.None));
            }

            return load.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends what is being loaded, and waits for it: what is not published is freed by then.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task[] running;
        lock (_running)
        {
            running = [.. _running.Values];
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stagings.Dispose();
        _line.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(ModelId id, CancellationToken stopping)
    {
        var begun = _time.GetTimestamp();
        var etag = _table[id].LastAttempt?.ETag;
        _table.Set(id, status => status with { IsLoading = true });
        try
        {
            etag = await ReadETagAsync(id, stopping);
            (var model, etag) = await StageAndLoadAsync(id, stopping);
            if (!await TryPublishAsync(model, stopping))
            {
                throw NotWanted(id);
            }

            _table.Set(id, status => status with { Reason = "", LastAttempt = new LoadAttempt(etag) });
            _metrics.Ended(id, LoadMetrics.Loaded, _time.GetElapsedTime(begun));
            Log.ModelPublished(_logger, id, model.Description.Task, model.Engine.Device, _time.GetElapsedTime(begun).TotalMilliseconds);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested && !_wanted.IsUnloaded(id.Name))
        {
            Fail(id, etag, exception, _time.GetElapsedTime(begun));
            throw;
        }
        finally
        {
            _table.Set(id, status => status with { IsLoading = false });
            lock (_running)
            {
                _running.Remove(id);
            }
        }
    }

    // A source that does not answer says nothing against the version.
    private async Task<string?> ReadETagAsync(ModelId id, CancellationToken stopping)
    {
        try
        {
            return await _source.ETagAsync(id, stopping);
        }
        catch (Exception exception) when (SourceFailures.IsTransient(exception, stopping))
        {
            throw new WeightsException($"{id}/{ModelManifest.FileName} could not be looked at: {SourceFailures.Reason(exception)}", exception) { MayPass = true };
        }
    }

    private async Task<(LoadedModel Model, string? ETag)> StageAndLoadAsync(ModelId id, CancellationToken stopping)
    {
        // 1
        StagedVersion staged;
        await _stagings.WaitAsync(stopping);
        try
        {
            staged = await _staging.StageAsync(id, stopping);
        }
        finally
        {
            _stagings.Release();
        }

        MemoryReservation? memory = null;
        try
        {
            // 2
            memory = await _memory.ReserveAsync(id, ModelFolder.FindOnnx(staged.Folder), stopping);

            // 3
            var model = await LoadAsync(id, staged.Folder, stopping);
            model.Own(memory);
            model.Keep(staged);
            return (model, staged.ETag);
        }
        catch (Exception exception)
        {
            memory?.Dispose();
            if (LoadFailure.MayPass(exception))
            {
                staged.Dispose();
            }
            else
            {
                _staging.Discard(staged);
            }

            throw;
        }
    }

    private async Task<LoadedModel> LoadAsync(ModelId id, string folder, CancellationToken stopping)
    {
        await _line.WaitAsync(stopping);
        try
        {
            // While the host starts it may measure what it likes; later that would be the requests' time.
            var mayMeasure = !_models.Current.Complete;
            return await Task.Factory.StartNew(
                () => _loader.Load(id, folder, mayMeasure, stopping), stopping, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _line.Release();
        }
    }

    // 4
    private async Task<bool> TryPublishAsync(LoadedModel model, CancellationToken stopping)
    {
        var id = model.Description.Id;
        if (stopping.IsCancellationRequested || _wanted.IsUnloaded(id.Name))
        {
            await model.RetireAsync();
            return false;
        }

        var keep = _wanted[id.Name].Add(id.Version);
        var replaced = _models.Current.VersionsOf(id.Name).Keys.Where(version => !keep.Contains(version)).Select(version => id with { Version = version }).ToList();
        var gone = _models.PublishAsync(model, keep);
        replaced.ForEach(other => _ = ShowLeavingAsync(other, gone));
        return true;
    }

    /// <summary>Shows a version that is not served any more as leaving, until it is gone.</summary>
    public async Task ShowLeavingAsync(ModelId id, Task gone)
    {
        _table.Set(id, status => status with { IsLeaving = true });
        await gone;
        _table.Set(id, status => status with { IsLeaving = false });
    }

    private void Fail(ModelId id, string? etag, Exception exception, TimeSpan took)
    {
        var reason = SourceFailures.Reason(exception);
        var before = _table[id].LastAttempt;
        var failures = before is not null && before.ETag == etag ? before.Failures + 1 : 1;
        TimeSpan? delay = LoadFailure.MayPass(exception) ? RetryBackoff.After(failures, _options.RetryDelay, _options.MaxRetryDelay) : null;
        long? retryAt = delay is { } wait ? _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency) : null;
        _table.Set(id, status => status with { Reason = reason, LastAttempt = new LoadAttempt(etag, failures, retryAt) });
        if (delay is { } later)
        {
            _metrics.Ended(id, LoadMetrics.Retried, took);
            Log.ModelRetried(_logger, id, failures, reason, later.TotalSeconds);
        }
        else
        {
            _metrics.Ended(id, LoadMetrics.Failed, took);
            Log.ModelFailed(_logger, id, reason, exception);
        }
    }

    private static HybridException NotWanted(ModelId id) => new(ErrorCode.Unavailable, $"{id} was unloaded while it was being loaded.", "model");
}
