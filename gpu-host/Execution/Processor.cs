using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Hybrid.GpuHost.Execution;

/// <summary>The processor of this machine: what was measured on one, or made for one, is not another's.</summary>
internal static class Processor
{
    private const string SystemsFile = "/proc/cpuinfo";

    /// <summary>What its maker calls it, where the system tells; else empty.</summary>
    public static string Name { get; } = Line("model name") ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "";

    /// <summary>The instructions that it has, by which kernels choose how a weight is laid out.</summary>
    public static string Features { get; } = $"{RuntimeInformation.ProcessArchitecture} {(X86Base.IsSupported ? Identification() : Line("Features"))}";

    // The leaves that list instructions, without the fields that number the core which is asked.
    private static string Identification()
    {
        var (_, _, basicC, basicD) = X86Base.CpuId(1, 0);
        var (_, extendedB, extendedC, extendedD) = X86Base.CpuId(7, 0);
        var (furtherA, _, _, furtherD) = X86Base.CpuId(7, 1);
        int[] words = [basicC, basicD, extendedB, extendedC, extendedD, furtherA, furtherD];
        return string.Join('-', words.Select(word => word.ToString("x8", CultureInfo.InvariantCulture)));
    }

    private static string? Line(string begin) =>
        File.Exists(SystemsFile) ? File.ReadLines(SystemsFile).FirstOrDefault(line => line.StartsWith(begin, StringComparison.Ordinal)) : null;
}
