namespace Hybrid.GpuHost.Weights.Cache;

/// <summary>Small files that other hosts of this machine read while they are written.</summary>
internal static class WholeFile
{
    /// <summary>Writes it beside its place and renames it into that, so that nobody reads half of it; what fails leaves nothing behind.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var beside = $"{path}.{Guid.NewGuid():n}";
        try
        {
            File.WriteAllBytes(beside, content);
            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }
}
