using System.Globalization;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights;

/// <summary>The folder of staged versions: <c>&lt;model&gt;/&lt;version&gt;/</c>, and <c>.staging/</c> for what is not complete yet.</summary>
internal sealed class WeightsCache(string root)
{
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(200);

    private readonly string _root = Path.GetFullPath(root);

    public string FolderOf(ModelId id) => Path.Combine(_root, id.Name, Number(id));

    /// <summary>Kept between tries and starts, so that a download can go on.</summary>
    public string PartialFolderOf(ModelId id) => Staging(id, "partial");

    /// <summary>The cheap check: the same manifest, and every file there with its size.</summary>
    public bool Holds(ModelId id, ModelManifest manifest)
    {
        var folder = FolderOf(id);
        var path = Path.Combine(folder, ModelManifest.FileName);
        try
        {
            return File.Exists(path)
                && ModelManifest.Parse(File.ReadAllBytes(path)).Files.SequenceEqual(manifest.Files)
                && manifest.Files.All(file => new FileInfo(Path.Combine(folder, file.Path)) is { Exists: true } info && info.Length == file.Size);
        }
        catch (HybridException)
        {
            return false;
        }
    }

    /// <summary>Makes the partial folder the version. A folder in its place is moved away first; who has its files open keeps them.</summary>
    public void Publish(ModelId id, ModelManifest manifest)
    {
        var partial = PartialFolderOf(id);
        DeleteStrangers(partial, manifest);
        File.WriteAllBytes(Path.Combine(partial, ModelManifest.FileName), manifest.ToJson());
        var folder = FolderOf(id);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        var replaced = Staging(id, "replaced");
        if (Directory.Exists(folder))
        {
            DeleteIfThere(replaced);
            Directory.Move(folder, replaced);
        }

        Directory.Move(partial, folder);
        DeleteIfThere(replaced);
    }

    /// <summary>Waits until no other process stages this version.</summary>
    public async Task<IDisposable> LockAsync(ModelId id, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Staging(id, "lock");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(LockRetry, time, cancellationToken);
            }
        }
    }

    // A try for an earlier manifest may have left files that this one does not know.
    private static void DeleteStrangers(string folder, ModelManifest manifest)
    {
        var known = manifest.Files.Select(file => Path.Combine(folder, file.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !known.Contains(file)))
        {
            File.Delete(file);
        }
    }

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Number(ModelId id) => id.Version.ToString(CultureInfo.InvariantCulture);

    // A model's name cannot begin with a dot, so this is nobody's folder.
    private string Staging(ModelId id, string what) => Path.Combine(_root, ".staging", id.Name, Number(id), what);
}
