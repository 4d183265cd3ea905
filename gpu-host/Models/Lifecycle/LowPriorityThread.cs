using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>
/// Computes on a thread of its own that gives way to those which serve: what a load computes is one thread's work, and that thread gets what
/// the others leave.
/// </summary>
/// <remarks>
/// A thread that is started from here inherits the priority and cannot be raised again without privileges, so nothing that lives on may be
/// started in <see cref="Run"/>: neither lanes nor the pool of a session of several threads.
/// </remarks>
internal static partial class LowPriorityThread
{
    // A tenth of a full thread's share. At 19 it would get so little on a busy machine that a collection would have to wait for it.
    private const int Nice = 10;
    private const int ThisThread = 0;

    /// <summary>Blocks until the work is done.</summary>
    public static T Run<T>(Func<T> work)
    {
        var result = default(T);
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Yield();
                result = work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        {
            Name = "model load",
            IsBackground = true,
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    // .NET sets priorities on Windows only; Linux has them for each thread.
    private static void Yield()
    {
        Thread.CurrentThread.Priority = ThreadPriority.Lowest;
        if (OperatingSystem.IsLinux())
        {
            // Refused, it computes as any other thread.
            _ = SetPriority(ThisThread, 0, Nice);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
