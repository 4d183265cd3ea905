namespace Hybrid.GpuHost.Weights.Cache;

/// <summary>
/// Locks between the hosts of one machine and within one: the system's own on an open file, so that they end with the process that holds
/// them, however it ends. Lock files stay: one that is deleted while another process is about to lock it would be two.
/// </summary>
internal static class FileLocks
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);

    // What the systems answer when another one has it: EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int[] TakenCodes = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Null: somebody shares it.</summary>
    public static IDisposable? TryTake(string path) => TryOpen(path, FileAccess.ReadWrite, FileShare.None);

    public static Task<IDisposable> TakeAsync(string path, TimeProvider time, CancellationToken cancellationToken) =>
        WaitAsync(() => TryTake(path), time, cancellationToken);

    public static Task<IDisposable> ShareAsync(string path, TimeProvider time, CancellationToken cancellationToken) =>
        WaitAsync(() => TryOpen(path, FileAccess.Read, FileShare.Read), time, cancellationToken);

    private static async Task<IDisposable> WaitAsync(Func<IDisposable?> attempt, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (attempt() is { } held)
            {
                return held;
            }

            await Task.Delay(Retry, time, cancellationToken);
        }
    }

    private static FileStream? TryOpen(string path, FileAccess access, FileShare share)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, access, share, bufferSize: 0);
        }
        catch (IOException exception) when (TakenCodes.Contains(exception.HResult))
        {
            return null;
        }
    }
}
