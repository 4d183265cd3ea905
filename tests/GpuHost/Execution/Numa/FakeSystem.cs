using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Execution.Numa;

/// <summary>The files of Linux that tell of nodes and devices, in a folder.</summary>
internal sealed class FakeSystem : IDisposable
{
    private readonly TestFolder _root = new();

    public string Root => _root.Path;

    public FakeSystem Node(int number, string processors) => Write($"sys/devices/system/node/node{number}/cpulist", processors);

    /// <summary>An NVIDIA device; its folder in procfs is in upper case, the one in sysfs in lower, as the driver and the kernel have them.</summary>
    public FakeSystem Gpu(string address, string? node)
    {
        Write($"proc/driver/nvidia/gpus/{address}/information", $"Bus Location: \t {address}\n");
        return node is null ? this : Write($"sys/bus/pci/devices/{address.ToLowerInvariant()}/numa_node", node);
    }

    public void Dispose() => _root.Dispose();

    private FakeSystem Write(string path, string text)
    {
        var full = _root.Combine(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text + "\n");
        return this;
    }
}
