using System.Numerics;

namespace Hybrid.GpuHost.Execution.Leases;

/// <summary>The buffers in which one lane leaves its results until they are written into answers.</summary>
public sealed class LeasePool<T>
    where T : unmanaged
{
    // Answers are written in microseconds; more batches than this are lent out only while clients read slowly, and then the collector helps out.
    private const int Capacity = 16;

    private readonly Lock _lock = new();
    private readonly Stack<LeasedMemory<T>> _free = new(Capacity);
    private int _lent;

    /// <summary>Buffers of which a part is lent out.</summary>
    public int Lent => Volatile.Read(ref _lent);

    /// <summary>A buffer with room for so many values, lent out in so many parts.</summary>
    public LeasedMemory<T> Rent(int length, int parts)
    {
        LeasedMemory<T>? buffer;
        lock (_lock)
        {
            _free.TryPop(out buffer);
        }

        // One that has become too small goes: the others of its size will too.
        if (buffer is null || buffer.Length < length)
        {
            buffer = new LeasedMemory<T>(this, (int)BitOperations.RoundUpToPowerOf2((uint)length));
        }

        Interlocked.Increment(ref _lent);
        buffer.Lend(parts);
        return buffer;
    }

    internal void Return(LeasedMemory<T> buffer)
    {
        Interlocked.Decrement(ref _lent);
        lock (_lock)
        {
            if (_free.Count < Capacity)
            {
                _free.Push(buffer);
            }
        }
    }
}
