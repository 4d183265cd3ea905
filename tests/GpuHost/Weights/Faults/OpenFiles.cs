namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>What a process has open, by procfs. Empty where the system does not tell.</summary>
internal static class OpenFiles
{
    /// <summary>Files below the folder that this process has open, also those that were deleted.</summary>
    public static IReadOnlyList<string> Under(string folder) => [.. Of("self").Where(target => target.StartsWith(folder, StringComparison.Ordinal))];

    /// <summary>Files, pipes and sockets of a process, each as often as it is open.</summary>
    public static IReadOnlyList<string> Of(int process) => [.. Of($"{process}")];

    /// <summary>Pieces of files below the folder that a process has mapped, also of those that were deleted.</summary>
    public static IReadOnlyList<string> MappedBy(int process, string folder) =>
        [.. File.ReadLines($"/proc/{process}/maps").Where(line => line.Contains(folder, StringComparison.Ordinal))];

    private static IEnumerable<string> Of(string process) =>
        Directory.Exists($"/proc/{process}/fd") ? Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Select(TargetOf).OfType<string>() : [];

    private static string? TargetOf(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget;
        }
        catch (IOException)
        {
            // Closed meanwhile: the listing's own.
            return null;
        }
    }
}
