using System.Runtime.InteropServices;

namespace Hybrid.GpuHost.Execution;

/// <summary>
/// The C library's heap, which ONNX Runtime allocates from. glibc keeps what was freed for later allocations, and a host that loads and unloads models
/// grows to the sum of their largest moments. Other C libraries give memory back by themselves.
/// </summary>
internal static partial class NativeHeap
{
    // M_MMAP_THRESHOLD of malloc.h.
    private const int MmapThreshold = -3;

    // Bytes. Larger blocks, which are weights and a session's arena, are mapped each for itself and go back to the system as soon as they are freed.
    // Left alone, glibc raises this to 32 MiB after the first of them.
    private const int LargeBlock = 1 << 20;

    private static volatile bool _isOther = !OperatingSystem.IsLinux();

    /// <summary>Keeps large blocks out of it, from now on.</summary>
    public static void KeepSmall() => Try(() => MallOpt(MmapThreshold, LargeBlock));

    /// <summary>Gives what was freed back to the system: whole pages in the middle of a heap go only when asked for.</summary>
    public static void Trim() => Try(() => MallocTrim(0));

    private static void Try(Func<int> call)
    {
        if (_isOther)
        {
            return;
        }

        try
        {
            _ = call();
        }
        catch (EntryPointNotFoundException)
        {
            _isOther = true;
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
