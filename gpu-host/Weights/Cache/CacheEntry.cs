using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights.Cache;

/// <summary>A folder of the cache: a version, or what there is of one that is not complete yet.</summary>
/// <param name="Id">Whose it is.</param>
/// <param name="Folder">With all that belongs to it.</param>
/// <param name="LockPath">Who has it shares, or holds, this lock; it was touched at the last use.</param>
/// <param name="IsPartial">Not complete.</param>
internal sealed record CacheEntry(ModelId Id, string Folder, string LockPath, bool IsPartial)
{
    public DateTime LastUsed { get; } = File.GetLastWriteTimeUtc(LockPath);

    /// <summary>Bytes of its files.</summary>
    public long Size { get; } = SizeOf(Folder);

    /// <summary>Bytes of a folder's files. They may go while they are counted: other hosts share the cache.</summary>
    public static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);
        }
        catch (Exception exception) when (exception is DirectoryNotFoundException or FileNotFoundException)
        {
            return 0;
        }
    }
}
