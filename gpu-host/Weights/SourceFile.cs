namespace Hybrid.GpuHost.Weights;

/// <summary>A file of a source, open for reading.</summary>
/// <param name="Name"><c>model/version/path</c>, for messages.</param>
/// <param name="Content">The bytes from the offset that was asked for.</param>
/// <param name="ETag">Another one as soon as the file has another content.</param>
/// <param name="Length">Bytes of the whole file.</param>
public sealed record SourceFile(string Name, Stream Content, string ETag, long Length) : IAsyncDisposable
{
    /// <summary>All of a file that was opened from its beginning.</summary>
    /// <exception cref="WeightsException">It is too long.</exception>
    public async Task<byte[]> ReadAllAsync(int maxBytes, CancellationToken cancellationToken)
    {
        if (Length > maxBytes)
        {
            throw new WeightsException($"{Name} has {Length} bytes; {maxBytes} are allowed.");
        }

        var bytes = new byte[(int)Length];
        await Content.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>A file is not the one any more that its ETag was given for.</summary>
public sealed class SourceChangedException(string what) : Exception($"{what} changed while it was staged.");
