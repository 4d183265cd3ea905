using System.Diagnostics.Metrics;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Models.Budget;

/// <summary>Brings parked models back when they are asked for: each is loaded once, however many ask, and each request waits as long as it can.</summary>
public sealed class ModelLoads : IModelLoads
{
    // What a request keeps of its budget for the work itself; a stage of a pipeline keeps the same.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);

    private readonly ModelsState _models;
    private readonly Func<ModelId, Task> _load;
    private readonly MemoryBudgetOptions _options;
    private readonly TimeProvider _time;
    private readonly Counter<long> _waits;
    private readonly Lock _starting = new();
    private readonly Dictionary<string, PendingLoad> _loads = new(StringComparer.Ordinal);

    /// <param name="models">What is in memory, and what is parked.</param>
    /// <param name="load">Loads a version and publishes it.</param>
    /// <param name="options">How many may wait.</param>
    /// <param name="telemetry">Gets the counts.</param>
    /// <param name="time">The clock.</param>
    public ModelLoads(ModelsState models, Func<ModelId, Task> load, MemoryBudgetOptions options, HostTelemetry telemetry, TimeProvider time)
    {
        (_models, _load, _options, _time) = (models, load, options, time);
        _waits = telemetry.Meter.CreateCounter<long>(
            "hybrid.host.models.waits", "{request}", "Requests for a parked model, by how their wait ended: loaded, late, full, failed or cancelled.");
    }

    public ValueTask<ModelLease> LeaseAsync(string name, int version, RequestBudget budget) =>
        _models.TryLease(name, version, out var lease) ? new(lease) : WaitAsync(name, version, budget);

    private async ValueTask<ModelLease> WaitAsync(string name, int version, RequestBudget budget)
    {
        while (true)
        {
            var snapshot = _models.Current;
            if (_models.TryLease(name, version, out var lease))
            {
                return lease;
            }

            // After a load it may be parked again before this request has its turn: then once more, as long as the budget lasts.
            if (snapshot.FindParked(name, version) is not null)
            {
                await WaitAsync(name, LoadOf(name, snapshot.Parked[name]), budget);
            }
            else if (ReferenceEquals(snapshot, _models.Current))
            {
                return _models.Lease(name, version);
            }
        }
    }

    private PendingLoad LoadOf(string name, ParkedModel parked)
    {
        lock (_starting)
        {
            var load = _loads.GetValueOrDefault(name);
            if (load is not { IsCurrent: true })
            {
                _loads[name] = load = new PendingLoad(() => LoadAsync(parked), load, _time);
            }

            return load;
        }
    }

    private async Task LoadAsync(ParkedModel parked)
    {
        foreach (var version in parked.Versions)
        {
            await _load(version.Description.Id);
        }
    }

    private async Task WaitAsync(string name, PendingLoad load, RequestBudget budget)
    {
        if (!load.TryEnter(_options.MaxRequestsPerLoad))
        {
            throw Refused("full", name, $"{_options.MaxRequestsPerLoad} requests wait for it to be loaded already", load);
        }

        try
        {
            var left = budget.Left - Grace;
            await load.Task.WaitAsync(left > load.Remaining ? left : TimeSpan.Zero, _time, budget.Token);
            Count("loaded", name);
        }
        catch (TimeoutException) when (!load.Task.IsCompleted)
        {
            throw Refused("late", name, "it is being loaded, which takes longer than this request may", load);
        }
        catch (OperationCanceledException) when (!load.Task.IsCompleted)
        {
            Count("cancelled", name);
            throw;
        }
        catch (HybridException exception) when (exception.Error.Code == ErrorCode.Unavailable)
        {
            Count("failed", name);
            throw;
        }
        catch (Exception exception)
        {
            throw Refused("failed", name, "it could not be loaded again; v2/repository/index says why", load, exception);
        }
        finally
        {
            load.Leave();
        }
    }

    private HybridException Refused(string outcome, string name, string why, PendingLoad load, Exception? exception = null)
    {
        Count(outcome, name);
        var retryAfter = load.Remaining > ShortestRetry ? load.Remaining : ShortestRetry;
        return new HybridException(
            new Error(ErrorCode.Unavailable, $"'{name}' was unloaded to make room for other models; {why}.", "model", retryAfter), exception);
    }

    private void Count(string outcome, string name) => _waits.Add(1, new("model", name), new("outcome", outcome));
}
