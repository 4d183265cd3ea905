using System.Runtime.InteropServices;

namespace Hybrid.GpuHost.Execution.Binding;

/// <summary>The bindings that an instance has made, by the dimensions of its inputs. Bounded: the one that was not used for longest gives way.</summary>
internal sealed class BoundRuns : IDisposable
{
    // A binding of an encoder is some KB of native memory; batches of 1 to 32 texts in a dozen widths fit.
    private const int Capacity = 512;

    private readonly Dictionary<long[], BoundRun> _runs = new(new DimensionsComparer());
    private readonly Dictionary<long[], BoundRun>.AlternateLookup<ReadOnlySpan<long>> _lookup;
    private long _uses;

    public BoundRuns() => _lookup = _runs.GetAlternateLookup<ReadOnlySpan<long>>();

    public BoundRun? Find(ReadOnlySpan<long> dimensions)
    {
        if (!_lookup.TryGetValue(dimensions, out var run))
        {
            return null;
        }

        run.LastUsed = ++_uses;
        return run;
    }

    public void Add(ReadOnlySpan<long> dimensions, BoundRun run)
    {
        if (_runs.Count == Capacity)
        {
            var oldest = _runs.MinBy(pair => pair.Value.LastUsed);
            _runs.Remove(oldest.Key);
            oldest.Value.Dispose();
        }

        run.LastUsed = ++_uses;
        _runs.Add(dimensions.ToArray(), run);
    }

    public void Clear()
    {
        foreach (var run in _runs.Values)
        {
            run.Dispose();
        }

        _runs.Clear();
    }

    public void Dispose() => Clear();

    private sealed class DimensionsComparer : IEqualityComparer<long[]>, IAlternateEqualityComparer<ReadOnlySpan<long>, long[]>
    {
        public bool Equals(long[]? x, long[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<long> alternate, long[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(long[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<long> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(MemoryMarshal.AsBytes(alternate));
            return hash.ToHashCode();
        }

        public long[] Create(ReadOnlySpan<long> alternate) => alternate.ToArray();
    }
}
