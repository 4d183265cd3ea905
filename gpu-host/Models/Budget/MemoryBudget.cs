using System.Diagnostics.Metrics;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Models.Routing;
using Hybrid.GpuHost.Telemetry;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Models.Budget;

/// <summary>
/// The memory of all models together. A load reserves what it will need before it begins:
/// <list type="number">
/// <item>Loads stand in line: two that make room at once would take it from each other.</item>
/// <item>What fits is given at once.</item>
/// <item>Else models that nobody uses are unloaded, the least recently used first, until it fits; while all are in use it waits.</item>
/// </list>
/// </summary>
public sealed class MemoryBudget : IDisposable
{
    // How often it looks again while it waits: that a lease was returned is told to nobody, so that returning one costs nothing.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly MemoryBudgetOptions _options;
    private readonly ModelsState _models;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Counter<long> _unloads;
    private readonly SemaphoreSlim _line = new(1, 1);
    private readonly Lock _counting = new();
    private readonly HashSet<MemoryReservation> _held = [];

    public MemoryBudget(
        IOptions<MemoryBudgetOptions> options, ModelsState models, HostTelemetry telemetry, TimeProvider time, ILogger<MemoryBudget> logger)
    {
        (_options, _models, _time, _logger) = (options.Value, models, time, logger);
        _unloads = telemetry.Meter.CreateCounter<long>("hybrid.host.models.unloads", "{model}", "Models unloaded to make room for others.");
        telemetry.Meter.CreateObservableGauge<long>("hybrid.host.models.memory", Observe, "By", "What models count for in the memory budget.");
    }

    /// <summary>Bytes that are held, by models in memory, being loaded and being unloaded.</summary>
    public long Held
    {
        get
        {
            lock (_counting)
            {
                return _held.Sum(reservation => reservation.Bytes);
            }
        }
    }

    /// <summary>Takes the memory that this version needs, and waits until there is room. It is given back by disposing it.</summary>
    /// <exception cref="InvalidDataException">It needs more than there is altogether.</exception>
    /// <exception cref="HybridException"><see cref="ErrorCode.Unavailable"/>: what is in memory was in use all the time.</exception>
    public async Task<MemoryReservation> ReserveAsync(ModelId model, string onnxPath, CancellationToken cancellationToken)
    {
        var bytes = ModelFootprint.Of(onnxPath);
        if (bytes > _options.MemoryBudgetBytes)
        {
            throw new InvalidDataException(
                $"It needs {bytes} bytes, more than all models together may have ({MemoryBudgetOptions.Section}:{nameof(MemoryBudgetOptions.MemoryBudgetBytes)} is {_options.MemoryBudgetBytes}).");
        }

        // 1
        await _line.WaitAsync(cancellationToken);
        try
        {
            for (var begun = _time.GetTimestamp(); ;)
            {
                // 2
                if (TryTake(model, bytes) is { } reservation)
                {
                    return reservation;
                }

                // 3
                MakeRoom(model, bytes);
                if (_time.GetElapsedTime(begun) > _options.MemoryTimeout)
                {
                    throw NoRoom(model, bytes);
                }

                await Task.Delay(Look, _time, cancellationToken);
            }
        }
        finally
        {
            _line.Release();
        }
    }

    public void Dispose() => _line.Dispose();

    internal void Release(MemoryReservation reservation)
    {
        lock (_counting)
        {
            _held.Remove(reservation);
        }
    }

    private MemoryReservation? TryTake(ModelId model, long bytes)
    {
        lock (_counting)
        {
            if (Missing(bytes) > 0)
            {
                return null;
            }

            var reservation = new MemoryReservation(this, model, bytes, _time);
            _held.Add(reservation);
            return reservation;
        }
    }

    // Zero or less: there is room.
    private long Missing(long bytes) =>
        _options.MemoryBudgetBytes is { } budget ? bytes + _held.Sum(reservation => reservation.Bytes) - budget : 0;

    private void MakeRoom(ModelId model, long bytes)
    {
        long needed;
        lock (_counting)
        {
            needed = Missing(bytes) - _held.Where(reservation => reservation.IsLeaving).Sum(reservation => reservation.Bytes);
        }

        // Another version of the same name serves until this one does.
        var others = _models.Current.Serving.Where(serving => serving.Key != model.Name).Select(serving => CandidateOf(serving.Key, serving.Value));
        foreach (var idle in UnloadCandidate.Choose(others, needed))
        {
            Log.ModelParked(_logger, idle.Name, model, idle.Bytes);
            _unloads.Add(1, new KeyValuePair<string, object?>("model", idle.Name));
            _ = _models.ParkAsync(idle.Name);
        }
    }

    private static UnloadCandidate CandidateOf(string name, ServedModel served)
    {
        var memory = served.Versions.Values.Select(version => version.Memory).OfType<MemoryReservation>().ToArray();
        return new UnloadCandidate(
            name,
            memory.Sum(version => version.Bytes),
            IsFree: memory.All(version => version.IsPaidBack) && !served.Versions.Values.Any(version => version.IsLeased),
            memory.Select(version => version.LastUsed).DefaultIfEmpty(long.MinValue).Max());
    }

    private HybridException NoRoom(ModelId model, long bytes) => new(new Error(
        ErrorCode.Unavailable,
        $"{model} needs {bytes} bytes; of {_options.MemoryBudgetBytes} others hold {Held}, and those were in use for {_options.MemoryTimeout.TotalSeconds:0.#} s.",
        "model",
        _options.MemoryTimeout));

    private List<Measurement<long>> Observe()
    {
        lock (_counting)
        {
            return [.. _held.GroupBy(reservation => reservation.Model).Select(version => new Measurement<long>(
                version.Sum(reservation => reservation.Bytes), new("model", version.Key.Name), new("version", version.Key.Version)))];
        }
    }
}
