using System.Runtime.InteropServices;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.Bench.FalseSharing;

/// <summary>Two counters that two threads write, in some layout.</summary>
internal interface ICounterPair
{
    void AddToFirst(int change);

    void AddToSecond(int change);

    int ReadSecond();
}

/// <summary>As the compiler puts them: in one cache line.</summary>
internal sealed class AdjacentCounters : ICounterPair
{
    private Layout _counters;

    public void AddToFirst(int change) => Interlocked.Add(ref _counters.First, change);

    public void AddToSecond(int change) => Interlocked.Add(ref _counters.Second, change);

    public int ReadSecond() => Volatile.Read(ref _counters.Second);

    // The room around them keeps what the allocator puts beside this object out of the comparison.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Layout
    {
        [FieldOffset(128)]
        public int First;

        [FieldOffset(132)]
        public int Second;
    }
}

/// <summary>As the host has them.</summary>
internal sealed class PaddedCounters : ICounterPair
{
    private PaddedCounter _first;
    private PaddedCounter _second;

    public void AddToFirst(int change) => _first.Add(change);

    public void AddToSecond(int change) => _second.Add(change);

    public int ReadSecond() => _second.Value;
}
