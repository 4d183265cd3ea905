using System.Collections.Concurrent;
using Hybrid.Models.Publishing;

namespace Hybrid.Stack.Tests.Publishing;

/// <summary>Remembers what it heard.</summary>
internal sealed class RecordedProgress : IFileProgress
{
    /// <summary>Path → bytes told last, of what was uploaded.</summary>
    public ConcurrentDictionary<string, long> Files { get; } = [];

    /// <summary>Bytes of the last phase.</summary>
    public long Bytes { get; private set; }

    public void Begin(string name, long bytes) => Bytes = bytes;

    public IProgress<long> File(string path, long bytes)
    {
        Files[path] = 0;
        return new OfFile(this, path);
    }

    private sealed class OfFile(RecordedProgress owner, string path) : IProgress<long>
    {
        public void Report(long value) => owner.Files[path] = value;
    }
}
