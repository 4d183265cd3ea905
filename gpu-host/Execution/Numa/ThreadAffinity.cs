using System.Runtime.InteropServices;

namespace Hybrid.GpuHost.Execution.Numa;

/// <summary>The processors that threads may run on. Linux only; elsewhere nothing is known and nothing happens.</summary>
public static partial class ThreadAffinity
{
    // glibc's cpu_set_t.
    private const int SetBytes = 1024 / 8;

    /// <summary>What the calling thread may run on; empty: not known.</summary>
    public static IReadOnlyList<int> Allowed()
    {
        Span<byte> set = stackalloc byte[SetBytes];
        set.Clear();
        if (!OperatingSystem.IsLinux() || GetAffinity(0, SetBytes, ref MemoryMarshal.GetReference(set)) != 0)
        {
            return [];
        }

        var processors = new List<int>();
        for (var i = 0; i < SetBytes * 8; i++)
        {
            if ((set[i / 8] & (1 << (i % 8))) != 0)
            {
                processors.Add(i);
            }
        }

        return processors;
    }

    /// <summary>Keeps the calling thread to these processors; false: the system refused.</summary>
    public static bool TrySet(IReadOnlyList<int> processors)
    {
        Span<byte> set = stackalloc byte[SetBytes];
        set.Clear();
        foreach (var processor in processors)
        {
            if (processor < SetBytes * 8)
            {
                set[processor / 8] |= (byte)(1 << (processor % 8));
            }
        }

        return OperatingSystem.IsLinux() && SetAffinity(0, SetBytes, ref MemoryMarshal.GetReference(set)) == 0;
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint length, ref byte set);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint length, ref byte set);
}
