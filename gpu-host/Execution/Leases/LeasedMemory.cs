using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hybrid.GpuHost.Execution.Leases;

/// <summary>
/// A buffer of a pool whose parts are lent out. Each part is plain memory to whoever reads it, and is given back, once, by
/// <see cref="LeasedMemory.Return"/>; with the last one the buffer is free for the next batch. A part that is never given back costs its
/// buffer: the collector takes both.
/// </summary>
public sealed class LeasedMemory<T> : MemoryManager<T>
    where T : unmanaged
{
    private readonly LeasePool<T> _pool;
    private readonly T[] _values;
    private int _leases;

    internal LeasedMemory(LeasePool<T> pool, int length)
    {
        _pool = pool;
        _values = GC.AllocateUninitializedArray<T>(length, pinned: true);
    }

    internal int Length => _values.Length;

    internal long Bytes => (long)_values.Length * Unsafe.SizeOf<T>();

    public override Span<T> GetSpan() => _values;

    public override unsafe MemoryHandle Pin(int elementIndex = 0) => new((void*)Marshal.UnsafeAddrOfPinnedArrayElement(_values, elementIndex));

    public override void Unpin()
    {
    }

    internal void Lend(int parts) => _leases = parts;

    protected override void Dispose(bool disposing)
    {
    }

    internal void Return()
    {
        if (Interlocked.Decrement(ref _leases) == 0)
        {
            _pool.Return(this);
        }
    }
}

/// <inheritdoc cref="LeasedMemory{T}"/>
public static class LeasedMemory
{
    /// <summary>Gives a part back; memory that is no part of such a buffer is left alone.</summary>
    public static void Return<T>(ReadOnlyMemory<T> part)
        where T : unmanaged
    {
        if (MemoryMarshal.TryGetMemoryManager<T, LeasedMemory<T>>(part, out var owner))
        {
            owner.Return();
        }
    }
}
