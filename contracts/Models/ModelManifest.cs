using System.Text.Json;
using System.Text.Json.Serialization;
using Hybrid.Contracts.Errors;

namespace Hybrid.Contracts.Models;

/// <summary>
/// What one version of a model consists of: <c>&lt;model&gt;/&lt;version&gt;/manifest.json</c>, written last when a version is
/// published, so that its presence says that all else is there.
/// </summary>
/// <param name="Files">Every file but the manifest, in ordinal order of their paths.</param>
/// <param name="Golden">What to ask the version before it serves; null: nothing.</param>
public sealed record ModelManifest(
    [property: JsonPropertyName("files")] IReadOnlyList<ModelFile> Files,
    [property: JsonPropertyName("golden"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<GoldenSample>? Golden = null)
{
    public const string FileName = "manifest.json";

    /// <summary>Of the document, in what hosts read: room for thousands of files.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Bytes of all files.</summary>
    [JsonIgnore]
    public long Size => Files.Sum(file => file.Size);

    /// <exception cref="HybridException"><see cref="ErrorCode.Unprocessable"/>: it is no manifest, or one that must not be followed.</exception>
    public static ModelManifest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.ModelManifest);
            return (manifest is null ? "is null" : manifest.Mistake()) is { } mistake
                ? throw new HybridException(ErrorCode.Unprocessable, $"manifest.json {mistake}.")
                : manifest!;
        }
        catch (JsonException exception)
        {
            throw new HybridException(new Error(ErrorCode.Unprocessable, $"manifest.json is not readable: {exception.Message}"), exception);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.ModelManifest);

    private string? Mistake()
    {
        if (Files is not { Count: > 0 } || Files.Any(file => file is not { IsValid: true }))
        {
            return "lists no file, or one with a bad path, size or sha256";
        }

        // Two spellings of one path would be one file on some systems; a file that is another's folder can be on none.
        var paths = Files.Select(file => file.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (paths.Count < Files.Count || paths.Any(path => FoldersOf(path).Any(paths.Contains)))
        {
            return "lists a path twice, or a file as the folder of another";
        }

        return Golden?.All(sample => sample is { Tolerance: >= 0 and < double.PositiveInfinity } && Lists(sample.Request) && Lists(sample.Reply)) == false
            ? "has a golden sample without its two files, or with a bad tolerance"
            : null;
    }

    private bool Lists(string? path) => Files.Any(file => file.Path == path);

    private static IEnumerable<string> FoldersOf(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
