using System.Security.Cryptography;
using System.Text;

namespace Hybrid.GpuHost.Tokenization;

/// <summary>
/// Tokenizers, each once for all models that have the same files: the versions of a model mostly do, and to read a vocabulary takes tens of
/// megabytes and as long as to open a small graph.
/// </summary>
public sealed class SharedTokenizers
{
    // What HfTokenizer reads.
    private static readonly string[] Files = ["tokenizer.json", "tokenizer_config.json"];

    private readonly Lock _counting = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The tokenizer of a model's folder, until what is returned is disposed.</summary>
    /// <inheritdoc cref="HfTokenizer.Load"/>
    public SharedTokenizer Take(string folder)
    {
        var key = KeyOf(folder);
        Entry? entry;
        lock (_counting)
        {
            if (!_entries.TryGetValue(key, out entry))
            {
                _entries.Add(key, entry = new Entry(new Lazy<HfTokenizer>(() => HfTokenizer.Load(folder))));
            }

            entry.Holders++;
        }

        try
        {
            return new SharedTokenizer(entry.Tokenizer.Value, () => Release(key, entry));
        }
        catch
        {
            Release(key, entry);
            throw;
        }
    }

    private void Release(string key, Entry entry)
    {
        lock (_counting)
        {
            if (--entry.Holders > 0)
            {
                return;
            }

            _entries.Remove(key);
        }

        if (entry.Tokenizer.IsValueCreated)
        {
            entry.Tokenizer.Value.Dispose();
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

    private sealed record Entry(Lazy<HfTokenizer> Tokenizer)
    {
        public int Holders { get; set; }
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
