using Hybrid.Contracts.Models;
using Hybrid.Models.Publishing;

namespace Hybrid.Stack.Tests.Publishing;

/// <summary>A folder with a small version in it, and what makes of it.</summary>
internal sealed class VersionSource : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hybrid-publishing-");

    public VersionSource()
    {
        // Three blocks of an upload: larger than what goes out in one piece.
        var weights = new byte[20_000_000];
        new Random(1).NextBytes(weights);
        File.WriteAllBytes(PathOf("model.onnx_data"), weights);
        Write("model.onnx", "graph");
        Write("config.json", "{}");
        Write("empty.txt", "");
        Write("1_Pooling/config.json", "{}");
    }

    public string Folder => _folder.FullName;

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    public Task<ModelManifest> ManifestAsync() => VersionFiles.ManifestAsync(Folder, IFileProgress.None, TestContext.Current.CancellationToken);

    public string PathOf(string path) => Path.Combine(Folder, path);

    public void Dispose() => _folder.Delete(recursive: true);
}
