using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights;

/// <summary>
/// Models in a folder of this machine: <c>&lt;model&gt;/&lt;version&gt;/…</c>, or <c>&lt;model&gt;/…</c> as an exporter leaves it,
/// which counts as version 1.
/// </summary>
public sealed class DirectoryModelSource(string root) : IModelSource
{
    public Task<IReadOnlyList<ModelId>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelId> ids = [.. Directory.EnumerateDirectories(root).Select(Path.GetFileName).Where(ModelId.IsValidName).SelectMany(name => VersionsOf(name!))];
        return Task.FromResult(ids);
    }

    public string? FolderOf(ModelId id)
    {
        var folder = Folder(id);
        return File.Exists(Path.Combine(folder, ModelManifest.FileName)) ? null : folder;
    }

    public Task<Stream> OpenAsync(ModelId id, string path, long offset, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileStream(Path.Combine(Folder(id), path), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
            file.Seek(offset, SeekOrigin.Begin);
            return Task.FromResult<Stream>(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new WeightsException($"{id}/{path} is not there, or may not be read.", exception);
        }
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
        var versioned = Path.Combine(flat, id.Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return Directory.Exists(versioned) ? versioned : flat;
    }
}
