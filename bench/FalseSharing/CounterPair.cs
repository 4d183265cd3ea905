using System.Runtime.InteropServices;

namespace Hybrid.Bench.FalseSharing;

/// <summary>Two counters that two threads write, in some layout.</summary>
internal interface ICounterPair
{
    ref long First { get; }

    ref long Second { get; }
}

/// <summary>As the compiler puts them: in one cache line.</summary>
internal sealed class AdjacentCounters : ICounterPair
{
    private Layout _counters;

    public ref long First => ref _counters.First;

    public ref long Second => ref _counters.Second;

    // The room before them keeps what the allocator puts beside this object out of the comparison.
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Layout
    {
        [FieldOffset(128)]
        public long First;

        [FieldOffset(136)]
        public long Second;
    }
}

/// <summary>
/// 128 bytes apart: a line has 64, and the prefetcher of x86 fetches lines in pairs (Intel 64 and IA-32 Architectures Optimization Reference Manual,
/// "spatial prefetcher"); on Apple's ARM a line has 128.
/// </summary>
internal sealed class PaddedCounters : ICounterPair
{
    private Layout _counters;

    public ref long First => ref _counters.First;

    public ref long Second => ref _counters.Second;

    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Layout
    {
        [FieldOffset(128)]
        public long First;

        [FieldOffset(256)]
        public long Second;
    }
}
