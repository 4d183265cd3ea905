using Hybrid.GpuHost.Execution;

namespace Hybrid.GpuHost.Models.Budget;

/// <summary>
/// Memory that one version counts for, from before it is loaded until all of it is freed. Whoever loads holds it; from then on the model does.
/// </summary>
public sealed class MemoryReservation : IDisposable
{
    private static readonly TimeSpan UseIsWritten = TimeSpan.FromMilliseconds(10);

    private readonly MemoryBudget _budget;
    private readonly TimeProvider _time;
    private readonly long _begun;
    private long _loaded;
    private long _used;
    private volatile bool _leaving;
    private int _released;

    internal MemoryReservation(MemoryBudget budget, ModelId model, long bytes, TimeProvider time)
    {
        (_budget, _time, Model, Bytes) = (budget, time, model, bytes);
        _begun = _used = time.GetTimestamp();
    }

    public ModelId Model { get; }

    public long Bytes { get; }

    /// <summary>How long the load took; zero until it is over.</summary>
    public TimeSpan LoadTime => _loaded == 0 ? TimeSpan.Zero : _time.GetElapsedTime(_begun, _loaded);

    /// <summary>The model is not served any more, and its memory is free when its last lease ends.</summary>
    internal bool IsLeaving => _leaving;

    /// <summary>
    /// Whether it was in memory for as long as its load took. Unloaded earlier, models that are asked for in turn would have the host do nothing
    /// but load; so at least half of the time is left for serving.
    /// </summary>
    internal bool IsPaidBack => _loaded != 0 && _time.GetElapsedTime(_loaded) >= LoadTime;

    /// <summary>A timestamp of the clock.</summary>
    internal long LastUsed => Volatile.Read(ref _used);

    /// <summary>The load is over.</summary>
    internal void Settle() => _loaded = Math.Max(1, _used = _time.GetTimestamp());

    /// <summary>A request begins to use the model.</summary>
    internal void Touch()
    {
        // Not at every request: all cores read the fields around this one, and each write would take them away.
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(LastUsed, now) >= UseIsWritten)
        {
            Volatile.Write(ref _used, now);
        }
    }

    internal void Leave() => _leaving = true;

    /// <summary>Everything that it stood for is freed, or the load has failed: what the C library keeps of it goes back to the system.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            NativeHeap.Trim();

            // A busy host allocates so little that what the model had on the managed heap would stay there for hours. Beside requests, not before them.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            _budget.Release(this);
        }
    }
}
