using System.Text.Json;
using System.Text.Json.Serialization;
using Hybrid.Contracts.Errors;

namespace Hybrid.Contracts.Models;

/// <summary>
/// What one version of a model consists of: <c>&lt;model&gt;/&lt;version&gt;/manifest.json</c>, written last when a version is
/// published, so that its presence says that all else is there.
/// </summary>
/// <param name="Files">Every file but the manifest, in ordinal order of their paths.</param>
public sealed record ModelManifest([property: JsonPropertyName("files")] IReadOnlyList<ModelFile> Files)
{
    public const string FileName = "manifest.json";

    public static ModelManifest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.ModelManifest);
            return manifest?.Files is { Count: > 0 } files && files.All(file => file is { IsValid: true })
                ? manifest
                : throw new HybridException(ErrorCode.Unprocessable, "manifest.json lists no file, or one with a bad path, size or sha256.");
        }
        catch (JsonException exception)
        {
            throw new HybridException(new Error(ErrorCode.Unprocessable, $"manifest.json is not readable: {exception.Message}"), exception);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.ModelManifest);
}

/// <summary>One file of a version.</summary>
/// <param name="Path">Relative, with forward slashes, below the version's folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record ModelFile(
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("sha256")] string Sha256)
{
    /// <summary>False for a path that would leave the version's folder: manifests come from outside.</summary>
    [JsonIgnore]
    public bool IsValid =>
        Size >= 0
        && Sha256 is { Length: 64 }
        && Sha256.All(c => char.IsAsciiHexDigitLower(c))
        && !string.IsNullOrEmpty(Path)
        && Path.Split('/').All(part => part is not ("" or "." or "..") && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'));
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
