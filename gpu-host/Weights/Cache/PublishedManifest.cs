using System.Security.Cryptography;
using Hybrid.Contracts.Models;

namespace Hybrid.GpuHost.Weights.Cache;

/// <summary>A manifest as it was read from the source.</summary>
/// <param name="Manifest">What the version consists of.</param>
/// <param name="ETag">The source's, to see whether it is still the one.</param>
internal sealed record PublishedManifest(ModelManifest Manifest, string ETag)
{
    public byte[] Json { get; } = Manifest.ToJson();

    /// <summary>Bytes of the version on disk, its manifest among them.</summary>
    public long Size => Manifest.Size + Json.Length;

    /// <summary>Names the folder of these contents: published anew with others, the version gets another folder.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Json))[..16];
}
