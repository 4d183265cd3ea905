using System.Collections.Immutable;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models.Routing;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Models;

/// <summary>
/// Holds the current snapshot and swaps it atomically. Readers take no lock. Who works with a model leases it: a model that was
/// replaced lives on until its last lease is returned, so a request ends on the version it began on.
/// </summary>
public sealed class ModelsState : IAsyncDisposable
{
    private readonly Lock _writing = new();
    private readonly CanaryTrials _trials;
    private readonly HostTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile ModelsSnapshot _current = ModelsSnapshot.Empty;
    private Task _retired = Task.CompletedTask;

    public ModelsState(HostTelemetry telemetry, CanaryJudge judge, TimeProvider time, ILogger<ModelsState> logger)
    {
        _trials = new CanaryTrials(judge, time, telemetry, logger, Decide);
        (_telemetry, _time, _logger) = (telemetry, time, logger);
        ServingMetrics.Register(telemetry.Meter, () => _current);
    }

    public ModelsSnapshot Current => _current;

    /// <param name="name">As the client wrote it.</param>
    /// <param name="version">0: stable, or now and then the canary.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.ModelNotFound"/>, or <see cref="ErrorCode.Unavailable"/> while models are still loaded.</exception>
    public ModelLease Lease(string name, int version = 0) =>
        TryLease(name, version, out var lease) ? lease : throw NotServed.Of(_current, name, version);

    /// <summary>False: it is not in memory.</summary>
    /// <inheritdoc cref="Lease(string, int)"/>
    public bool TryLease(string name, int version, out ModelLease lease)
    {
        while (_current.Serving.TryGetValue(name, out var served) && served.Choose(version) is { } routed)
        {
            if (routed.Model.TryLease(routed.Observer, out lease))
            {
                return true;
            }

            // Replaced and disposed between the two lines above: the current snapshot has its successor.
        }

        lease = default;
        return false;
    }

    /// <inheritdoc cref="Lease(string, int)"/>
    /// <param name="name">As the client wrote it.</param>
    /// <param name="label"><see cref="ServedModel.StableLabel"/> or <see cref="ServedModel.CanaryLabel"/>.</param>
    public ModelLease Lease(string name, string label) => Lease(name, VersionOf(name, label));

    /// <summary>The version that has a label now.</summary>
    /// <inheritdoc cref="Lease(string, string)"/>
    public int VersionOf(string name, string label)
    {
        var snapshot = _current;
        return snapshot.Serving.GetValueOrDefault(name)?.Labelled(label)?.Description.Id.Version
            ?? snapshot.Parked.GetValueOrDefault(name)?.Labelled(label)?.Description.Id.Version
            ?? throw NotServed.Of(snapshot, name, label);
    }

    /// <summary>Serves <paramref name="model"/> from now on instead of what had its name.</summary>
    public void Publish(LoadedModel model) => Publish(model, ImmutableHashSet<int>.Empty);

    /// <summary>Serves <paramref name="model"/> from now on, and of the other versions of its name those in <paramref name="keep"/>.</summary>
    public void Publish(LoadedModel model, IReadOnlySet<int> keep) => _ = PublishAsync(model, keep);

    /// <inheritdoc cref="Publish(LoadedModel, IReadOnlySet{int})"/>
    /// <returns>Ends when what it replaces is freed.</returns>
    public Task PublishAsync(LoadedModel model, IReadOnlySet<int> keep) => ChangeAsync(
        snapshot =>
        {
            var after = snapshot.With(model, keep, _trials);
            var name = model.Description.Id.Name;
            if (snapshot.Serving.GetValueOrDefault(name)?.Stable is { } before && !after.Holds(before) && after.Serving[name].Stable == model)
            {
                model.TakeOver(before);
            }

            return after;
        },
        isPublication: true);

    /// <summary>Serves the name no more.</summary>
    public void Withdraw(string name) => _ = ChangeAsync(snapshot => snapshot.Without(name));

    /// <summary>Serves the version no more.</summary>
    public void Withdraw(ModelId id) => _ = WithdrawAsync(id);

    /// <inheritdoc cref="Withdraw(ModelId)"/>
    /// <returns>Ends when its last lease was returned and it is freed.</returns>
    public Task WithdrawAsync(ModelId id) => ChangeAsync(snapshot => snapshot.Without(id, _trials));

    /// <summary>Frees the memory of what is served under this name; its next request has it loaded again.</summary>
    /// <returns>Ends when the last lease was returned and it is freed.</returns>
    public Task ParkAsync(string name) => ChangeAsync(snapshot => snapshot.Park(name));

    /// <summary>Follows a publisher's labels, whether the versions are in memory yet or not. The same ones again change nothing.</summary>
    /// <param name="name">The model's.</param>
    /// <param name="labels">Null: there are none, and the highest version answers.</param>
    public void Label(string name, ModelLabels? labels) => _ = ChangeAsync(snapshot => snapshot.With(name, labels, _trials));

    /// <param name="name">The model's.</param>
    /// <param name="why">Why its newest version is not served; null: it is.</param>
    public void Fail(string name, string? why) =>
        _ = ChangeAsync(snapshot => snapshot with { Failures = why is null ? snapshot.Failures.Remove(name) : snapshot.Failures.SetItem(name, why) });

    public void Complete() => _ = ChangeAsync(snapshot => snapshot with { Complete = true });

    /// <summary>Unloads everything; returns when the last lease has.</summary>
    public async ValueTask DisposeAsync()
    {
        _ = ChangeAsync(_ => ModelsSnapshot.Empty);
        await _retired;
    }

    // A trial that was given up meanwhile changes nothing any more.
    private void Decide(CanaryTrial trial, CanaryFinding finding)
    {
        var holds = false;
        _ = ChangeAsync(snapshot =>
        {
            var after = snapshot.With(trial, finding.Verdict, _trials);
            holds = !ReferenceEquals(after, snapshot);
            return after;
        });
        if (holds)
        {
            _trials.End(trial, finding);
        }
    }

    // Ends when what is served no more was freed; the store itself waits for nobody.
    private Task ChangeAsync(Func<ModelsSnapshot, ModelsSnapshot> change, bool isPublication = false)
    {
        lock (_writing)
        {
            var before = _current;
            var begin = _time.GetTimestamp();
            var after = change(before);
            var made = _time.GetTimestamp();
            _current = after;
            if (isPublication)
            {
                _telemetry.Published(_time.GetElapsedTime(begin, made), _time.GetElapsedTime(made));
            }

            HoldMeters(before, after);
            var gone = before.Loaded.Where(model => !after.Holds(model)).Select(RetireAsync).ToArray();
            if (gone.Length == 0)
            {
                return Task.CompletedTask;
            }

            var retired = Task.WhenAll(gone);
            _retired = _retired.IsCompleted ? retired : Task.WhenAll(_retired, retired);
            return retired;
        }
    }

    // A parked version is served: its series go on.
    private void HoldMeters(ModelsSnapshot before, ModelsSnapshot after)
    {
        if (before.Parked == after.Parked)
        {
            return;
        }

        foreach (var id in after.ParkedIds)
        {
            _telemetry.Models.Hold(id);
        }

        foreach (var id in before.ParkedIds)
        {
            _telemetry.Models.Release(id);
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
}
