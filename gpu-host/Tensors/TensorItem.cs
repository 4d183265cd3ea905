using System.Diagnostics.CodeAnalysis;
using Hybrid.Contracts.Tasks;

namespace Hybrid.GpuHost.Tensors;

/// <summary>
/// A raw request in the queue. Its inputs lie in the received body, whose memory serves the next request the moment that this one is over:
/// its client may leave while the item is on its way to the device. Who copies the inputs opens the item for that long, and the request
/// waits for those microseconds before it goes.
/// </summary>
public sealed class TensorItem(InferRequest request) : IDisposable
{
    private const int Closed = 0;
    private const int Open = 1;
    private const int Gone = 2;

    private int _state;

    /// <summary>Rows along the first dimension, for a model whose requests may be put together there; at least 1.</summary>
    public int Rows { get; } = request.Inputs is [{ Shape: [> 0 and <= int.MaxValue and var rows, ..] }, ..] ? (int)rows : 1;

    /// <summary>Opens it for copying, until <see cref="Close"/>; false: nobody wants its result any more, and nothing of it may be read.</summary>
    public bool TryOpen([NotNullWhen(true)] out InferRequest? opened)
    {
        opened = Interlocked.CompareExchange(ref _state, Open, Closed) == Closed ? request : null;
        return opened is not null;
    }

    /// <summary>The inputs are copied.</summary>
    public void Close() => Volatile.Write(ref _state, Closed);

    /// <summary>The request is over: from now on nobody reads its inputs.</summary>
    public void Dispose()
    {
        var spin = default(SpinWait);
        while (Interlocked.CompareExchange(ref _state, Gone, Closed) == Open)
        {
            spin.SpinOnce();
        }
    }
}
