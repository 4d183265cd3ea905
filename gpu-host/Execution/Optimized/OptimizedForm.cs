using System.Security.Cryptography;
using System.Text;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Weights.Cache;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution.Optimized;

/// <summary>
/// The optimized form of one version, in <c>.optimized/&lt;key&gt;/</c> of its folder, so that it goes with the version. The key is made of all that
/// it depends on: the model's files, the runtime, the processor, and how it is made. Like a version it has a manifest, and is there whole or not at all.
/// </summary>
internal sealed class OptimizedForm
{
    // To be raised when what is written changes.
    private const int Format = 1;

    private readonly string _root;
    private readonly string _key;

    public OptimizedForm(string versionFolder, ModelManifest model)
    {
        _root = Path.Combine(versionFolder, ".optimized");
        _key = KeyOf(model, OrtEnv.Instance().GetVersionString(), Processor.Features);
    }

    /// <summary>The graph to open when <see cref="IsWhole"/>.</summary>
    public string GraphPath => Path.Combine(Folder, OptimizedGraph.FileName);

    /// <summary>It was tried before, and the runtime could not.</summary>
    public bool IsRefused => File.Exists(RefusalPath);

    private string Folder => Path.Combine(_root, _key);

    private string RefusalPath => Folder + ".refused";

    /// <summary>32 characters that differ as soon as any of these does.</summary>
    internal static string KeyOf(ModelManifest model, string runtime, string processor)
    {
        var text = new StringBuilder().Append(Format).Append('|').Append(runtime).Append('|').Append(processor);
        foreach (var file in model.Files)
        {
            text.Append('|').Append(file.Path).Append(':').Append(file.Sha256);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }

    /// <summary>Whether it is there with every file in its length: a mapped file that is too short kills the process that reads behind its end.</summary>
    /// <param name="verify">Compute the files' sha256 too.</param>
    public bool IsWhole(bool verify)
    {
        var path = Path.Combine(Folder, ModelManifest.FileName);
        try
        {
            return File.Exists(path) && ModelManifest.Parse(File.ReadAllBytes(path)).Files.All(file =>
                new FileInfo(Path.Combine(Folder, file.Path)) is { Exists: true } info && info.Length == file.Size && (!verify || Sha256Of(info.FullName) == file.Sha256));
        }
        catch (HybridException)
        {
            return false;
        }
    }

    /// <summary>The right to make it; null: another process has it. Dispose it to give it back.</summary>
    public IDisposable? TryLock() => FileLocks.TryTake(Path.Combine(_root, "lock"));

    /// <summary>Makes it in a folder beside, and renames that into place. Only with the lock.</summary>
    /// <param name="write">Writes its files into the folder that it is given.</param>
    /// <returns>Its bytes.</returns>
    public long Make(Action<string> write)
    {
        // What an earlier try left, and forms for what is not here any more; who has them mapped keeps them.
        foreach (var old in Directory.EnumerateDirectories(_root))
        {
            Directory.Delete(old, recursive: true);
        }

        var partial = Directory.CreateDirectory(Path.Combine(_root, "partial")).FullName;
        try
        {
            write(partial);
            var files = Directory.EnumerateFiles(partial).Order(StringComparer.Ordinal).Select(Seal).ToList();
            var manifest = Path.Combine(partial, ModelManifest.FileName);
            File.WriteAllBytes(manifest, new ModelManifest(files).ToJson());
            Seal(manifest);
            Directory.Move(partial, Folder);
            return files.Sum(file => file.Size);
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }
    }

    /// <summary>Notes that this version cannot be had so, until something that it depends on changes.</summary>
    public void Refuse(string why) => File.WriteAllText(RefusalPath, why);

    // On the disk before the folder has its name: after a power cut a file can have its length and none of its bytes.
    private static ModelFile Seal(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
        return new ModelFile(Path.GetFileName(path), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private static string Sha256Of(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
