using System.Buffers;
using System.Security.Cryptography;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Weights.Cache;

namespace Hybrid.GpuHost.Weights.Downloads;

/// <summary>What there is of a file on this machine: its first bytes, their sha256 as far as they go, and the ETag of the content that they are of.</summary>
internal sealed class PartialFile : IAsyncDisposable
{
    private const int BlockSize = 1 << 18;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly FileStream _file;
    private readonly ModelFile _expected;
    private readonly string _pin;

    private PartialFile(FileStream file, ModelFile expected, string pin)
    {
        _file = file;
        _expected = expected;
        _pin = pin;
        ETag = File.Exists(pin) && File.ReadAllText(pin) is { Length: > 0 } etag ? etag : null;
    }

    /// <summary>Bytes that are here.</summary>
    public long Length => _file.Position;

    /// <summary>Bytes that came since it was opened, those of restarts too.</summary>
    public long Received { get; private set; }

    /// <summary>The content to go on with; null: nothing is here.</summary>
    public string? ETag { get; private set; }

    /// <summary>Opens what an earlier try or process left, or an empty one.</summary>
    public static async Task<PartialFile> OpenAsync(PartialFolder folder, ModelFile expected, CancellationToken cancellationToken)
    {
        var (path, pin) = (folder.FileOf(expected), folder.PinOf(expected));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.CreateDirectory(Path.GetDirectoryName(pin)!);

        // Written in blocks of our own, so a buffer would only copy them.
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        var partial = new PartialFile(file, expected, pin);
        try
        {
            await partial.TakeUpAsync(cancellationToken);
            return partial;
        }
        catch
        {
            await partial.DisposeAsync();
            throw;
        }
    }

    /// <summary>Remembers, past the end of this process, which content these bytes are of.</summary>
    public void Pin(string etag)
    {
        if (ETag != etag)
        {
            OnDisk(() => File.WriteAllText(_pin, etag));
            ETag = etag;
        }
    }

    /// <summary>Takes all that comes, as far as the file should go.</summary>
    /// <exception cref="SourceChangedException">More came: it has grown.</exception>
    public async Task ReceiveAsync(SourceFile remote, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            for (int read; (read = await remote.Content.ReadAsync(buffer.AsMemory(0, BlockSize), cancellationToken)) > 0;)
            {
                if (Length + read > _expected.Size)
                {
                    throw new SourceChangedException(remote.Name);
                }

                await AppendAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public bool IsVerified() => Length == _expected.Size && Convert.ToHexStringLower(_hash.GetCurrentHash()) == _expected.Sha256;

    /// <summary>On disk before the rename that says so: a power cut must not leave a verified name over empty pages.</summary>
    public void Flush() => OnDisk(() => _file.Flush(flushToDisk: true));

    /// <summary>Nothing is here any more.</summary>
    public void Restart()
    {
        OnDisk(() =>
        {
            _file.SetLength(0);
            _file.Position = 0;
            File.Delete(_pin);
        });
        _hash.GetHashAndReset();
        ETag = null;
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _hash.Dispose();
    }

    private async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        if (_file.Length > _expected.Size || (_file.Length < _expected.Size && ETag is null))
        {
            Restart();
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            for (int read; (read = await _file.ReadAsync(buffer.AsMemory(0, BlockSize), cancellationToken)) > 0;)
            {
                _hash.AppendData(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _file.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception exception) when (CacheFailures.Is(exception))
        {
            throw CacheFailures.Of(exception);
        }

        _hash.AppendData(bytes.Span);
        Received += bytes.Length;
    }

    // Failures of the disk are not the source's: trying the source again would not mend them.
    private static void OnDisk(Action change)
    {
        try
        {
            change();
        }
        catch (Exception exception) when (CacheFailures.Is(exception))
        {
            throw CacheFailures.Of(exception);
        }
    }
}
