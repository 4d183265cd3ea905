using System.Security.Cryptography;
using Hybrid.Contracts.Models;

namespace Hybrid.GpuHost.Tests.Hosts;

public static class Manifests
{
    /// <summary>Writes the manifest of the files that are in the folder.</summary>
    public static ModelManifest Write(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) != ModelManifest.FileName)
            .Select(path => new ModelFile(
                Path.GetRelativePath(folder, path).Replace('\\', '/'), new FileInfo(path).Length, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))));
        var manifest = new ModelManifest([.. files.OrderBy(file => file.Path, StringComparer.Ordinal)]);
        File.WriteAllBytes(Path.Combine(folder, ModelManifest.FileName), manifest.ToJson());
        return manifest;
    }
}
