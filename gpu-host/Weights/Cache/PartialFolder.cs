using Hybrid.Contracts.Models;

namespace Hybrid.GpuHost.Weights.Cache;

/// <summary>What there is of a version that is not complete: its files as far as they came, and beside them the ETags that they came with.</summary>
internal sealed class PartialFolder(string path)
{
    public string Files => Path.Combine(path, "files");

    public string FileOf(ModelFile file) => Path.Combine(Files, file.Path);

    /// <summary>Where the ETag of a file's content is kept.</summary>
    public string PinOf(ModelFile file) => Path.Combine(path, "pins", file.Path);

    /// <summary>Bytes that are here of it.</summary>
    public long SizeOf(ModelFile file) => new FileInfo(FileOf(file)) is { Exists: true } info ? info.Length : 0;

    /// <summary>Makes sure that nothing is here but files of this manifest. A try for an earlier one may have left others.</summary>
    public void Prepare(ModelManifest manifest)
    {
        var known = manifest.Files.Select(FileOf).ToHashSet(StringComparer.Ordinal);
        if (Directory.Exists(Files) && Directory.EnumerateFiles(Files, "*", SearchOption.AllDirectories).Any(file => !known.Contains(file)))
        {
            Delete();
        }
    }

    /// <summary>Moves a folder here, to go when this one goes.</summary>
    public void TakeAway(string folder)
    {
        var target = Path.Combine(path, "replaced");
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        Directory.Move(folder, target);
    }

    public void Delete()
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
