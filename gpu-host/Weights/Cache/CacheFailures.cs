namespace Hybrid.GpuHost.Weights.Cache;

/// <summary>What this machine's disk has against a version.</summary>
internal static class CacheFailures
{
    // ENOSPC and EDQUOT of Linux, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows.
    private static readonly int[] FullCodes = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    public static bool Is(Exception exception) => exception is IOException or UnauthorizedAccessException;

    public static bool IsFull(Exception? exception) => exception is IOException && FullCodes.Contains(exception.HResult);

    public static WeightsException Of(Exception exception) =>
        new(IsFull(exception) ? "The disk of the weights cache is full." : $"The weights cache cannot be used: {SourceFailures.Reason(exception)}", exception) { MayPass = true };
}
