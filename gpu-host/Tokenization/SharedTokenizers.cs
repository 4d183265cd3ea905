using System.Security.Cryptography;
using System.Text;
using Hybrid.GpuHost.Execution.Leases;

namespace Hybrid.GpuHost.Tokenization;

/// <summary>
/// Tokenizers, each once for all models that have the same files: the versions of a model mostly do, and to read a vocabulary takes tens of
/// megabytes and as long as to open a small graph.
/// </summary>
public sealed class SharedTokenizers
{
    // What HfTokenizer reads.
    private static readonly string[] Files = ["tokenizer.json", "tokenizer_config.json"];

    private readonly HeldValues<string, LazyTokenizer> _held = new();

    /// <summary>The tokenizer of a model's folder, until what is returned is disposed.</summary>
    /// <inheritdoc cref="HfTokenizer.Load"/>
    public SharedTokenizer Take(string folder)
    {
        var key = KeyOf(folder);
        var tokenizer = _held.Hold(key, () => new LazyTokenizer(folder));
        try
        {
            return new SharedTokenizer(tokenizer.Value, () => _held.Release(key));
        }
        catch
        {
            _held.Release(key);
            throw;
        }
    }

    // The files' content, not their names: a version may be published anew under its number.
    private static string KeyOf(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var name in Files.Where(name => File.Exists(Path.Combine(folder, name))))
        {
            using var file = File.OpenRead(Path.Combine(folder, name));
            SHA256.HashData(file, digest);
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(digest);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    // Read by the first who needs it, and not under the lock of those who give others back.
    private sealed class LazyTokenizer(string folder) : IDisposable
    {
        private readonly Lazy<HfTokenizer> _tokenizer = new(() => HfTokenizer.Load(folder));

        public HfTokenizer Value => _tokenizer.Value;

        public void Dispose()
        {
            if (_tokenizer.IsValueCreated)
            {
                Value.Dispose();
            }
        }
    }
}

/// <summary>A tokenizer that others may hold too.</summary>
/// <param name="tokenizer">It.</param>
/// <param name="release">Gives it back.</param>
public sealed class SharedTokenizer(HfTokenizer tokenizer, Action release) : IDisposable
{
    private Action? _release = release;

    public HfTokenizer Tokenizer => tokenizer;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
