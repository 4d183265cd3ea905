using System.Runtime.InteropServices;

namespace Hybrid.GpuHost.Models.Budget;

/// <summary>The memory that ONNX Runtime allocates from.</summary>
internal static partial class NativeHeap
{
    private static volatile bool _cannotTrim = !OperatingSystem.IsLinux();

    /// <summary>
    /// Gives what was freed back to the system. glibc keeps it for later allocations, and frees whole pages in the middle of its heaps only when
    /// asked: without it a host that loads and unloads models grows to the sum of its largest moments. Other C libraries give memory back by
    /// themselves.
    /// </summary>
    public static void Trim()
    {
        if (_cannotTrim)
        {
            return;
        }

        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            _cannotTrim = true;
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
