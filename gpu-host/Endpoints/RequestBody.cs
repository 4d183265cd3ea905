using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Hybrid.GpuHost.Endpoints;

/// <summary>The whole body of a request where the server has received it: no copy. Dispose it when nothing points into it any more.</summary>
public readonly struct RequestBody : IDisposable
{
    private readonly PipeReader _reader;

    private RequestBody(PipeReader reader, ReadOnlySequence<byte> bytes)
    {
        _reader = reader;
        Bytes = bytes;
    }

    /// <summary>In one piece or in several.</summary>
    public ReadOnlySequence<byte> Bytes { get; }

    /// <summary>Waits until all of it is there. The server's limit of its size holds; how slowly it may come, too.</summary>
    public static ValueTask<RequestBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return request.BodyReader.TryRead(out var read) && IsWhole(request, read)
            ? new ValueTask<RequestBody>(new RequestBody(request.BodyReader, read.Buffer))
            : WaitAsync(request, read, cancellationToken);
    }

    public void Dispose() => _reader.AdvanceTo(Bytes.End);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<RequestBody> WaitAsync(HttpRequest request, ReadResult read, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;

        // A token given to the read would leave the server with a reader in the middle of a read: it then logs an error and drops the
        // connection instead of our answer.
        await using var stop = cancellationToken.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
        while (!IsWhole(request, read))
        {
            // All of it is kept, and all of it was looked at: the server goes on receiving.
            if (!read.Buffer.IsEmpty)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }

            read = await reader.ReadAsync(CancellationToken.None);
            if (cancellationToken.IsCancellationRequested)
            {
                reader.AdvanceTo(read.Buffer.End);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        return new RequestBody(reader, read.Buffer);
    }

    private static bool IsWhole(HttpRequest request, in ReadResult read) => read.IsCompleted || read.Buffer.Length == request.ContentLength;
}
