using System.Runtime.InteropServices;

namespace Hybrid.Load.Connections;

/// <summary>The calls of Linux that .NET has no cheap form of.</summary>
internal static partial class Libc
{
    public const short PollIn = 1;
    public const short PollOut = 4;

    private const int ThreadCpuClock = 3;
    private const int SetTimerSlack = 29;

    /// <summary>CPU time of the calling thread.</summary>
    public static TimeSpan ThreadCpuTime
    {
        get
        {
            GetTime(ThreadCpuClock, out var time);
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
        }
    }

    /// <summary>Lets the calling thread wake within a microsecond of the moment it asked for, not of up to 50 as threads usually do.</summary>
    /// <returns>Whether the system does that; where it does not, nothing else changes.</returns>
    public static bool WakeOnTime() => Control(SetTimerSlack, 1_000) == 0;

    /// <summary>Waits until one of the sockets is ready or the time is over; which ones are ready stands in <see cref="Polled.Ready"/>.</summary>
    public static void Wait(Span<Polled> sockets, TimeSpan time)
    {
        var timeout = new Time((long)time.TotalSeconds, time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
        if (Poll(ref MemoryMarshal.GetReference(sockets), (nuint)sockets.Length, in timeout, 0) <= 0)
        {
            // The time is over, or a signal came: then nothing was written, and what stands there is old.
            foreach (ref var socket in sockets)
            {
                socket.Ready = 0;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "ppoll")]
    private static partial int Poll(ref Polled sockets, nuint count, in Time timeout, nint signals);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint value);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    /// <summary><c>struct timespec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Time(long Seconds, long Nanoseconds);
}

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Polled
{
    /// <summary>The socket; negative: left out.</summary>
    public int Socket;

    public short Wanted;

    public short Ready;
}
