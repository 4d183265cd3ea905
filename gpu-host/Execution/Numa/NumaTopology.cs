using System.Globalization;

namespace Hybrid.GpuHost.Execution.Numa;

/// <summary>What Linux tells of memory nodes, read from sysfs and procfs. Whatever is missing there reads as a machine of one node.</summary>
/// <param name="root">Where both are mounted: <c>/</c>; a folder in tests.</param>
public sealed class NumaTopology(string root)
{
    /// <summary>Processors of each node, by its number. Empty: not known.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<int>> Nodes()
    {
        var folder = Path.Combine(root, "sys/devices/system/node");
        var nodes = new SortedDictionary<int, IReadOnlyList<int>>();
        if (Directory.Exists(folder))
        {
            foreach (var node in Directory.GetDirectories(folder, "node*"))
            {
                if (int.TryParse(Path.GetFileName(node)["node".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && CpuList.Parse(Read(Path.Combine(node, "cpulist"))) is { Count: > 0 } processors)
                {
                    nodes.Add(number, processors);
                }
            }
        }

        return nodes;
    }

    /// <summary>The node of an NVIDIA device; null: not known, or the machine says that it belongs to none (-1).</summary>
    /// <param name="device">As the driver numbers them: in the order of their PCI addresses, which is CUDA's with <c>CUDA_DEVICE_ORDER=PCI_BUS_ID</c>.</param>
    public int? NodeOfGpu(int device)
    {
        var folder = Path.Combine(root, "proc/driver/nvidia/gpus");
        string[] addresses = Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)] : [];
        return device < addresses.Length
            && int.TryParse(Read(Path.Combine(root, "sys/bus/pci/devices", addresses[device].ToLowerInvariant(), "numa_node")), CultureInfo.InvariantCulture, out var node)
            && node >= 0
                ? node
                : null;
    }

    // Files of these file systems come and go, and some are not readable in containers.
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
