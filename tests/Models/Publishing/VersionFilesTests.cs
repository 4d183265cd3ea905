using System.Security.Cryptography;
using System.Text;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.Models.Publishing;

namespace Hybrid.Models.Tests.Publishing;

public sealed class VersionFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybrid-models-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Manifest_OfAnExport_HasEveryFileButWhatIsHiddenAndAnOldManifest()
    {
        Write("model.onnx", "weights");
        Write("1_Pooling/config.json", "{}");
        Write("1_Pooling/manifest.json", "not ours");
        Write("manifest.json", "an exporter's own");
        Write(".gitattributes", "hidden");
        Write(".cache/huggingface/download.lock", "hidden");

        var manifest = await ManifestAsync();

        Assert.Equal(
            [File("1_Pooling/config.json", "{}"), File("1_Pooling/manifest.json", "not ours"), File("model.onnx", "weights")],
            manifest.Files);
        Assert.Equal(manifest.Files, ModelManifest.Parse(manifest.ToJson()).Files);
    }

    [Fact]
    public async Task Manifest_OfLinkedFiles_HasWhatTheyLeadTo()
    {
        Write(".blobs/aa", "weights");
        System.IO.File.CreateSymbolicLink(Path.Combine(_folder, "model.onnx"), Path.Combine(".blobs", "aa"));

        Assert.Equal([File("model.onnx", "weights")], (await ManifestAsync()).Files);
    }

    [Theory]
    [InlineData("a file.json", "'a file.json'")]
    [InlineData("umläut.json", "'umläut.json'")]
    [InlineData("sub/a+b", "'sub/a+b'")]
    public async Task Manifest_WithANameThatHostsRefuse_IsRefusedByThatName(string path, string named)
    {
        Write("model.onnx", "weights");
        Write(path, "x");

        var error = await Assert.ThrowsAsync<HybridException>(ManifestAsync);

        Assert.Equal(ErrorCode.Unprocessable, error.Error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manifest_WithNamesThatDifferInCaseAlone_IsRefusedAsHostsWould()
    {
        Write("model.onnx", "weights");
        Write("config.json", "{}");
        Write("Config.json", "{}");
        Assert.SkipUnless(Directory.GetFiles(_folder).Length == 3, "This file system takes both for one.");

        Assert.Contains("twice", (await Assert.ThrowsAsync<HybridException>(ManifestAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manifest_WithoutAGraph_IsRefused()
    {
        Write("config.json", "{}");

        Assert.Contains("onnx/model.onnx", (await Assert.ThrowsAsync<HybridException>(ManifestAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manifest_OfAFolderThatIsNoExport_IsRefusedBeforeItIsRead()
    {
        for (var i = 0; i <= VersionFiles.MaxFiles; i++)
            Write($"photo-{i}.jpg", "x");

        Assert.Contains($"{VersionFiles.MaxFiles} files", (await Assert.ThrowsAsync<HybridException>(ManifestAsync)).Message, StringComparison.Ordinal);
    }

    private Task<ModelManifest> ManifestAsync() => VersionFiles.ManifestAsync(_folder, IFileProgress.None, TestContext.Current.CancellationToken);

    private static ModelFile File(string path, string text) =>
        new(path, Encoding.UTF8.GetByteCount(text), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        System.IO.File.WriteAllText(file, text);
    }
}
