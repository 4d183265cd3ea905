namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>What this process has open.</summary>
internal static class OpenFiles
{
    /// <summary>Files below the folder that are open, also those that were deleted. Empty where the system does not tell.</summary>
    public static IReadOnlyList<string> Under(string folder) => Directory.Exists("/proc/self/fd")
        ? [.. Directory.EnumerateFiles("/proc/self/fd").Select(TargetOf).OfType<string>().Where(target => target.StartsWith(folder, StringComparison.Ordinal))]
        : [];

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
