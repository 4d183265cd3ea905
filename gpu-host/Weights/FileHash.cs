using System.Security.Cryptography;

namespace Hybrid.GpuHost.Weights;

public static class FileHash
{
    /// <summary>The file's sha256 as manifests write it: lower-case hex.</summary>
    public static async Task<string> OfAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }
}
