using System.Runtime.InteropServices;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>
/// A count that every request's thread writes, with nothing else in its cache line: it stands as a field among others that the same threads only
/// read, and each write would take those away from all other cores. 128 bytes to either side: a line has 64, but x86 fetches lines in pairs (Intel 64
/// and IA-32 Architectures Optimization Reference Manual, "spatial prefetcher"), and on Apple's ARM a line has 128. What it gives:
/// <c>./hybrid bench falsesharing</c>. Not to be copied.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 2 * Distance)]
internal struct PaddedCounter
{
    private const int Distance = 128;

    [FieldOffset(Distance)]
    private int _value;

    public PaddedCounter(int value) => _value = value;

    public int Value => Volatile.Read(ref _value);

    /// <summary>The value after it.</summary>
    public int Add(int change) => Interlocked.Add(ref _value, change);

    /// <summary>Sets it to <paramref name="value"/> where it is <paramref name="expected"/>.</summary>
    /// <returns>What it was.</returns>
    public int CompareExchange(int value, int expected) => Interlocked.CompareExchange(ref _value, value, expected);
}
