using System.Security.Cryptography;
using System.Text;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Weights.Cache;

namespace Hybrid.GpuHost.Weights.Offline;

/// <summary>
/// What a source said last, in small files of this machine: its versions, and its documents by their names, each under a line with its ETag (an empty
/// file: there was none). The hosts of a machine share them. It is only ever a help: what cannot be written or read is not known.
/// </summary>
/// <param name="cacheDirectory">Of the staged versions, which are of use together with it.</param>
/// <param name="source">Whose words they are; without secrets.</param>
internal sealed class SourceMemory(string cacheDirectory, string source)
{
    // No model has such a name.
    private const string VersionsFile = ".versions";

    private readonly string _root = Path.Combine(cacheDirectory, ".source", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)))[..16]);
    private readonly Lock _writing = new();
    private readonly Dictionary<string, string> _written = new(StringComparer.Ordinal);

    /// <summary>The versions that were published; none where nothing is known.</summary>
    public IReadOnlyList<ModelId> Versions() =>
    [
        .. (Read(VersionsFile)?.Content is { } lines ? Encoding.UTF8.GetString(lines).Split('\n') : [])
            .Select(line => line.Split('/') is [var name, var version] && ModelId.TryParse(name, version, out var id) ? id : null)
            .OfType<ModelId>(),
    ];

    public void Keep(IReadOnlyList<ModelId> versions)
    {
        var lines = Encoding.UTF8.GetBytes(string.Join('\n', versions));
        if (Keep(VersionsFile, new SourceDocument(lines, Convert.ToHexStringLower(SHA256.HashData(lines)))))
        {
            Forget(versions.ToHashSet());
        }
    }

    /// <param name="name"><c>model/file</c> or <c>model/version/file</c>.</param>
    /// <param name="document">Null: there is none.</param>
    /// <returns>Whether that is new, and written.</returns>
    public bool Keep(string name, SourceDocument? document)
    {
        var etag = document?.ETag ?? "";
        lock (_writing)
        {
            if (_written.TryGetValue(name, out var written) && written == etag)
            {
                return false;
            }

            try
            {
                WholeFile.Write(Path.Combine(_root, name), document is null ? [] : [.. Encoding.UTF8.GetBytes(document.ETag), (byte)'\n', .. document.Content]);
                _written[name] = etag;
                return true;
            }
            catch (Exception exception) when (CacheFailures.Is(exception))
            {
                return false;
            }
        }
    }

    /// <summary>Null: it is not known. Without a content: there was none.</summary>
    public KnownDocument? Read(string name)
    {
        try
        {
            var bytes = File.ReadAllBytes(Path.Combine(_root, name));
            var line = bytes.AsSpan().IndexOf((byte)'\n');
            return line < 0 ? new KnownDocument("", null) : new KnownDocument(Encoding.UTF8.GetString(bytes, 0, line), bytes[(line + 1)..]);
        }
        catch (Exception exception) when (CacheFailures.Is(exception))
        {
            return null;
        }
    }

    // What was said of versions that are gone.
    private void Forget(HashSet<ModelId> versions)
    {
        try
        {
            foreach (var folder in Directory.GetDirectories(_root).SelectMany(Directory.GetDirectories))
            {
                if (!ModelId.TryParse(Path.GetFileName(Path.GetDirectoryName(folder)!), Path.GetFileName(folder), out var id) || !versions.Contains(id))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
        }
        catch (Exception exception) when (CacheFailures.Is(exception))
        {
            // Some kilobytes, until the next time.
        }
    }
}

/// <summary>A document as it was last.</summary>
/// <param name="ETag">Its source's.</param>
/// <param name="Content">Null: there was none.</param>
internal sealed record KnownDocument(string ETag, byte[]? Content);
