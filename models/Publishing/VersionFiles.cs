using System.Security.Cryptography;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;

namespace Hybrid.Models.Publishing;

/// <summary>The files of one version as they lie in a folder, and the manifest that they make.</summary>
public static class VersionFiles
{
    /// <summary>An export has some tens; a folder with more is the wrong folder. Keeps manifests far below <see cref="ModelManifest.MaxBytes"/>.</summary>
    public const int MaxFiles = 1000;

    /// <summary>Where the graph may be: Triton and Optimum put it at the top, the Hugging Face hub below.</summary>
    public static readonly IReadOnlyList<string> Graphs = [VersionFolder.Graph, "onnx/" + VersionFolder.Graph];

    private const int BufferBytes = 1 << 20;
    private static readonly string AnySha256 = new('0', 64);

    /// <summary>
    /// Hashes every file of the folder and those below it. Left out are what begins with a dot (repositories and download caches) and a
    /// manifest that lies there already.
    /// </summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.Unprocessable"/>: no graph, too many files, or one whose name no manifest may hold.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<ModelManifest> ManifestAsync(string folder, IFileProgress progress, CancellationToken cancellationToken)
    {
        var files = Find(folder);
        progress.Begin("hashing", files.Sum(file => file.Size));
        for (var i = 0; i < files.Count; i++)
            files[i] = await HashAsync(folder, files[i], progress, cancellationToken).ConfigureAwait(false);

        // What a host would refuse to read is not published: names that differ in case alone, for one.
        return ModelManifest.Parse(new ModelManifest(files).ToJson());
    }

    private static List<ModelFile> Find(string folder)
    {
        // On Unix a leading dot is what makes a name hidden.
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        var files = new List<ModelFile>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", options))
        {
            var relative = Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
            if (relative == ModelManifest.FileName)
                continue;

            var file = new ModelFile(relative, LengthOf(path), AnySha256);
            if (!file.IsValid)
                throw new HybridException(ErrorCode.Unprocessable, $"'{relative}': the name of a file may have letters, digits, '.', '_' and '-'.");

            files.Add(file);
            if (files.Count > MaxFiles)
                throw new HybridException(ErrorCode.Unprocessable, $"The folder has more than {MaxFiles} files; a version of a model has fewer.");
        }

        if (!files.Exists(file => Graphs.Contains(file.Path)))
            throw new HybridException(ErrorCode.Unprocessable, $"The folder has neither {string.Join(" nor ", Graphs)}.");

        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;
    }

    // Through an open handle: FileInfo would tell the length of a link itself, and download caches are made of links.
    private static long LengthOf(string path)
    {
        using var handle = File.OpenHandle(path);
        return RandomAccess.GetLength(handle);
    }

    private static async Task<ModelFile> HashAsync(string folder, ModelFile file, IFileProgress progress, CancellationToken cancellationToken)
    {
        var done = progress.File(file.Path, file.Size);
        var stream = new FileStream(Path.Combine(folder, file.Path), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        await using var _ = stream.ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        var size = 0L;
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            size += read;
            done.Report(size);
        }

        return file with { Size = size, Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()) };
    }
}
