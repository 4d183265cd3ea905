using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Weights;

namespace Hybrid.GpuHost.Tests.Weights;

/// <summary>A directory as a source that remembers what was read of it, and breaks off where a test says.</summary>
internal sealed class FlakySource(string root) : IModelSource
{
    private readonly DirectoryModelSource _source = new(root);

    /// <summary>What was opened, and from which byte on.</summary>
    public List<(string Path, long Offset)> Opened { get; } = [];

    /// <summary>Bytes after which reads of a file fail, one entry per opening of it.</summary>
    public Dictionary<string, Queue<int>> BreakAfter { get; } = [];

    /// <summary>Called before a file is opened, with its path.</summary>
    public Func<string, Task> Opening { get; set; } = _ => Task.CompletedTask;

    public int TimesOpened(string path)
    {
        lock (Opened)
        {
            return Opened.Count(opened => opened.Path == path);
        }
    }

    public Task<SourceListing> ListAsync(CancellationToken cancellationToken) => _source.ListAsync(cancellationToken);

    public string? FolderOf(ModelId id) => _source.FolderOf(id);

    public Task<string?> ETagAsync(ModelId id, CancellationToken cancellationToken) => _source.ETagAsync(id, cancellationToken);

    public Task<SourceDocument?> DocumentAsync(string name, string file, int maxBytes, CancellationToken cancellationToken) =>
        _source.DocumentAsync(name, file, maxBytes, cancellationToken);

    public async Task<SourceFile> OpenAsync(ModelId id, string path, long offset, string? etag, CancellationToken cancellationToken)
    {
        lock (Opened)
        {
            Opened.Add((path, offset));
        }

        await Opening(path);
        var file = await _source.OpenAsync(id, path, offset, etag, cancellationToken);
        lock (BreakAfter)
        {
            return BreakAfter.TryGetValue(path, out var breaks) && breaks.TryDequeue(out var after)
                ? file with { Content = new BreakingStream(file.Content, after) }
                : file;
        }
    }

    private sealed class BreakingStream(Stream inner, int left) : Stream
    {
        private int _left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, Math.Min(count, _left));
            _left -= read;
            return _left > 0 || read > 0 ? read : throw new IOException("the connection broke");
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var bytes = new byte[buffer.Length];
            var read = Read(bytes, 0, bytes.Length);
            bytes.AsSpan(0, read).CopyTo(buffer.Span);
            return ValueTask.FromResult(read);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
