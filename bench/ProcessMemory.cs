using System.Globalization;

namespace Hybrid.Bench;

/// <summary>The memory of a process as Linux counts it, in bytes.</summary>
internal static class ProcessMemory
{
    /// <summary>What is in memory of all that it has, mapped files too.</summary>
    public static double Resident(int processId) => Sum($"/proc/{processId}/status", "VmRSS:");

    /// <summary>What is its own and was written: neither its mapped files nor what it shares.</summary>
    public static double Private(int processId) => Sum($"/proc/{processId}/smaps_rollup", "Private_Dirty:");

    private static double Sum(string file, string field) => File.ReadLines(file)
        .Where(line => line.StartsWith(field, StringComparison.Ordinal))
        .Sum(line => double.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);
}
