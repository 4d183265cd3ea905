using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hybrid.Contracts.Models;
using Hybrid.Onnx;

namespace Hybrid.Models.Publishing;

/// <summary>Writes one version of a model in the repository's layout, <c>&lt;model&gt;/&lt;version&gt;/</c>, and its manifest last.</summary>
public sealed class VersionFolder
{
    public const string Graph = "model.onnx";

    private static readonly JsonWriterOptions Json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };
    private readonly string _folder;

    private VersionFolder(string folder) => _folder = folder;

    /// <summary>
    /// Writes a version. One that is there already is replaced: it loses its manifest first, so that it is no version until it is whole again.
    /// </summary>
    public static async Task PublishAsync(
        string repository,
        string model,
        int version,
        Func<VersionFolder, CancellationToken, Task> writeAsync,
        IProgress<string> progress,
        CancellationToken cancellationToken)
    {
        var path = Path.Combine(repository, model, $"{version}");
        if (Directory.Exists(path))
        {
            File.Delete(Path.Combine(path, ModelManifest.FileName));
            Directory.Delete(path, recursive: true);
        }

        Directory.CreateDirectory(path);
        var folder = new VersionFolder(path);
        await writeAsync(folder, cancellationToken).ConfigureAwait(false);
        var manifest = await folder.SealAsync(cancellationToken).ConfigureAwait(false);
        var megabytes = manifest.Files.Sum(file => file.Size) / 1e6;
        progress.Report(string.Create(CultureInfo.InvariantCulture, $"{model}/{version}: {manifest.Files.Count} files, {megabytes:0.0} MB"));
    }

    public Task WriteAsync(OnnxModel model, CancellationToken cancellationToken) =>
        model.WriteAsync(Path.Combine(_folder, Graph), cancellationToken);

    /// <summary>Weights of this many bytes and more go to <c>model.onnx_data</c>.</summary>
    public Task WriteAsync(OnnxModel model, int externalFrom, CancellationToken cancellationToken) =>
        model.WriteWithExternalDataAsync(Path.Combine(_folder, Graph), externalFrom, cancellationToken);

    public async Task WriteAsync(string path, JsonNode content, CancellationToken cancellationToken)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var buffer = new ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(buffer, Json))
            content.WriteTo(writer);
        buffer.Write("\n"u8);
        await File.WriteAllBytesAsync(file, buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ModelManifest> SealAsync(CancellationToken cancellationToken)
    {
        var manifest = await VersionFiles.ManifestAsync(_folder, IFileProgress.None, cancellationToken).ConfigureAwait(false);
        await File.WriteAllBytesAsync(Path.Combine(_folder, ModelManifest.FileName), manifest.ToJson(), cancellationToken).ConfigureAwait(false);
        return manifest;
    }
}
