using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Models;

/// <summary>
/// Holds the current snapshot and swaps it atomically. Readers take no lock. Who works with a model leases it: a model that was
/// replaced lives on until its last lease is returned, so a request ends on the version it began on.
/// </summary>
public sealed class ModelsState : IAsyncDisposable
{
    private readonly Lock _writing = new();
    private readonly ILogger _logger;
    private volatile ModelsSnapshot _current = ModelsSnapshot.Empty;

    public ModelsState(HostTelemetry telemetry, ILogger<ModelsState> logger)
    {
        _logger = logger;
        telemetry.Meter.CreateObservableGauge(
            "hybrid.host.queue.length",
            () => _current.Serving.Values.Select(model => model.Metrics.Observe(model.QueueLength)),
            "{item}",
            "Items that wait for the device or run on it.");
        telemetry.Meter.CreateObservableGauge(
            "hybrid.host.buffers.lent",
            () => _current.Serving.Values.Select(model => model.Metrics.Observe(model.LentBuffers)),
            "{buffer}",
            "Buffers with results that are not written yet.");
        telemetry.Meter.CreateObservableGauge(
            "hybrid.host.prompt.queue.length",
            () => _current.Serving.Values.SelectMany(model => model.PromptQueues.Select(stage => model.Metrics.Observe(stage.Value, stage.Key))),
            "{request}",
            "Requests that wait for a stage of the prompt pipeline or are in it.");
        LimiterMetrics.Register(telemetry.Meter, () => _current.Serving.Values);
    }

    public ModelsSnapshot Current => _current;

    /// <param name="name">As the client wrote it.</param>
    /// <param name="version">0: the version that is served.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.ModelNotFound"/>, or <see cref="ErrorCode.Unavailable"/> while models are still loaded.</exception>
    public ModelLease Lease(string name, int version = 0)
    {
        while (true)
        {
            var snapshot = _current;
            if (!snapshot.Serving.TryGetValue(name, out var model) || (version != 0 && version != model.Description.Id.Version))
            {
                throw NotServed(snapshot, name, version);
            }

            if (model.TryLease(out var lease))
            {
                return lease;
            }

            // Replaced and disposed between the two lines above: the current snapshot has its successor.
        }
    }

    /// <summary>Serves <paramref name="model"/> from now on instead of what had its name.</summary>
    public void Publish(LoadedModel model) => Replace(model.Description.Id.Name, snapshot => snapshot with
    {
        Serving = snapshot.Serving.SetItem(model.Description.Id.Name, model),
        Failures = snapshot.Failures.Remove(model.Description.Id.Name),
    });

    /// <summary>Serves the name no more.</summary>
    public void Withdraw(string name) => Replace(name, snapshot => snapshot with { Serving = snapshot.Serving.Remove(name) });

    public void Fail(string name, string why) => Replace(name: null, snapshot => snapshot with { Failures = snapshot.Failures.SetItem(name, why) });

    public void Complete() => Replace(name: null, snapshot => snapshot with { Complete = true });

    /// <summary>Unloads everything; returns when the last lease has.</summary>
    public async ValueTask DisposeAsync()
    {
        var models = _current.Serving.Values;
        Replace(name: null, _ => ModelsSnapshot.Empty);
        foreach (var model in models)
        {
            await model.RetireAsync();
        }
    }

    private void Replace(string? name, Func<ModelsSnapshot, ModelsSnapshot> change)
    {
        LoadedModel? replaced = null;
        lock (_writing)
        {
            if (name is not null)
            {
                _current.Serving.TryGetValue(name, out replaced);
            }

            _current = change(_current);
        }

        if (replaced is not null)
        {
            _ = RetireAsync(replaced);
        }
    }

    private async Task RetireAsync(LoadedModel model)
    {
        try
        {
            await model.RetireAsync();
            Log.ModelUnloaded(_logger, model.Description.Id);
        }
        catch (Exception exception)
        {
            Log.ModelUnloadFailed(_logger, model.Description.Id, exception);
        }
    }

    private static HybridException NotServed(ModelsSnapshot snapshot, string name, int version)
    {
        if (!snapshot.Complete)
        {
            return new HybridException(new Error(ErrorCode.Unavailable, "The host is still loading its models.", "model", TimeSpan.FromSeconds(1)));
        }

        var what = version == 0 ? "" : $" in version {version}";
        return new HybridException(
            ErrorCode.ModelNotFound, $"No model '{name}' is served{what}; this host serves {string.Join(", ", snapshot.Serving.Keys)}.", "model");
    }
}
