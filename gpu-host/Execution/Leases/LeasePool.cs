using System.Numerics;

namespace Hybrid.GpuHost.Execution.Leases;

/// <summary>The buffers in which one lane leaves its results until they are written into answers.</summary>
public sealed class LeasePool<T>
    where T : unmanaged
{
    // Raw requests have a buffer each, so as many as may be in work come back at once; large ones are left to the collector.
    private const int MostKept = 512;
    private const long MostBytesKept = 32 << 20;

    private readonly Lock _lock = new();
    private readonly Stack<LeasedMemory<T>> _free = new();
    private long _bytesKept;
    private int _lent;

    /// <summary>Buffers of which a part is lent out.</summary>
    public int Lent => Volatile.Read(ref _lent);

    /// <summary>A buffer with room for so many values, lent out in so many parts.</summary>
    public LeasedMemory<T> Rent(int length, int parts)
    {
        LeasedMemory<T>? buffer;
        lock (_lock)
        {
            if (_free.TryPop(out buffer))
            {
                _bytesKept -= buffer.Bytes;
            }
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
            if (_free.Count < MostKept && _bytesKept + buffer.Bytes <= MostBytesKept)
            {
                _free.Push(buffer);
                _bytesKept += buffer.Bytes;
            }
        }
    }
}
