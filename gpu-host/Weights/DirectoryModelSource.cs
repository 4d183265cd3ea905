using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights;

/// <summary>
/// Models in a folder of this machine: <c>&lt;model&gt;/&lt;version&gt;/…</c>, or <c>&lt;model&gt;/…</c> as an exporter leaves it,
/// which counts as version 1.
/// </summary>
public sealed class DirectoryModelSource(string root) : IModelSource
{
    /// <summary>None is incomplete: without a manifest a version is what lies there.</summary>
    public Task<SourceListing> ListAsync(CancellationToken cancellationToken)
    {
        var names = Directory.EnumerateDirectories(root).Select(Path.GetFileName).Where(ModelId.IsValidName);
        return Task.FromResult(new SourceListing([.. names.SelectMany(name => VersionsOf(name!))], Incomplete: []));
    }

    public string? FolderOf(ModelId id)
    {
        var folder = Folder(id);
        return Directory.Exists(folder) && !File.Exists(Path.Combine(folder, ModelManifest.FileName)) ? folder : null;
    }

    /// <summary>A version without a manifest has the names, sizes and times of its files instead.</summary>
    public Task<string?> ETagAsync(ModelId id, CancellationToken cancellationToken)
    {
        var folder = new DirectoryInfo(Folder(id));
        if (!folder.Exists)
        {
            return Task.FromResult<string?>(null);
        }

        var manifest = new FileInfo(Path.Combine(folder.FullName, ModelManifest.FileName));
        return Task.FromResult<string?>(manifest.Exists ? ETagOf(manifest.LastWriteTimeUtc, manifest.Length) : ETagOf(folder));
    }

    public async Task<SourceDocument?> DocumentAsync(string name, string file, int maxBytes, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, name, file);
        if (!ModelId.IsValidName(name) || !File.Exists(path))
        {
            return null;
        }

        await using var open = Open($"{name}/{file}", path, 0);
        return new SourceDocument(await open.ReadAllAsync(maxBytes, cancellationToken), open.ETag);
    }

    public Task<SourceFile> OpenAsync(ModelId id, string path, long offset, string? etag, CancellationToken cancellationToken)
    {
        try
        {
            var file = Open($"{id}/{path}", Path.Combine(Folder(id), path), offset);
            if (etag is null || etag == file.ETag)
            {
                return Task.FromResult(file);
            }

            file.Content.Dispose();
            throw new SourceChangedException($"{id}/{path}");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new WeightsException($"{id}/{path} is not there.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new WeightsException($"{id}/{path} may not be read.", exception) { MayPass = true };
        }
    }

    // Of the open file, not of the path: another file may be renamed to it at any moment.
    private static SourceFile Open(string name, string path, long offset)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        file.Seek(offset, SeekOrigin.Begin);
        return new SourceFile(name, file, ETagOf(File.GetLastWriteTimeUtc(file.SafeFileHandle), file.Length), file.Length);
    }

    private static string ETagOf(DateTime written, long length) => string.Create(CultureInfo.InvariantCulture, $"{written.Ticks:x}-{length:x}");

    private static string ETagOf(DirectoryInfo folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetRelativePath(folder.FullName, file.FullName)}|{ETagOf(file.LastWriteTimeUtc, file.Length)}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    private List<ModelId> VersionsOf(string name)
    {
        var folder = Path.Combine(root, name);
        var versions = Directory.EnumerateDirectories(folder)
            .Select(version => ModelId.TryParse(name, Path.GetFileName(version), out var id) ? id : null)
            .OfType<ModelId>()
            .ToList();
        return versions.Count > 0 ? versions : ModelFolder.HasOnnx(folder) ? [new ModelId(name, 1)] : [];
    }

    private string Folder(ModelId id)
    {
        var flat = Path.Combine(root, id.Name);
        var versioned = Path.Combine(flat, id.Version.ToString(CultureInfo.InvariantCulture));
        return id.Version == 1 && !Directory.Exists(versioned) && ModelFolder.HasOnnx(flat) ? flat : versioned;
    }
}
