using System.Text.Json.Serialization;

namespace Hybrid.Contracts.Models;

/// <summary>One file of a version.</summary>
/// <param name="Path">Relative, with forward slashes, below the version's folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record ModelFile(
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("sha256")] string Sha256)
{
    /// <summary>1 PiB. No model comes near it, and sums of sizes stay far from overflowing.</summary>
    public const long MaxSize = 1L << 50;

    /// <summary>False for a path that would leave the version's folder: manifests come from outside.</summary>
    [JsonIgnore]
    public bool IsValid =>
        Size is >= 0 and <= MaxSize
        && Sha256 is { Length: 64 }
        && Sha256.All(char.IsAsciiHexDigitLower)
        && !string.IsNullOrEmpty(Path)
        && Path != ModelManifest.FileName
        && Path.Split('/').All(part => part is not ("" or "." or "..") && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'));
}
