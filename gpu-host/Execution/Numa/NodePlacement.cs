using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Execution.Numa;

/// <summary>
/// Decides which processors the threads that compute keep to: those of the node that the GPU hangs on, inside of what the process may use. What
/// they write for the device is then in memory next to it. On a machine of one node, or where nothing is known, they go where they like.
/// </summary>
public sealed class NodePlacement(NumaTopology topology, Func<IReadOnlyList<int>> allowed, IOptions<ExecutionOptions> options, ILogger<NodePlacement> logger)
{
    private readonly ConcurrentDictionary<ExecutionDevice, IReadOnlyList<int>?> _placements = new();

    /// <summary>Null: any.</summary>
    public IReadOnlyList<int>? ProcessorsOf(ExecutionDevice device) => _placements.GetOrAdd(device, Choose);

    private IReadOnlyList<int>? Choose(ExecutionDevice device)
    {
        if (device.Provider == ExecutionProvider.Cpu || !options.Value.PinToNode)
        {
            return null;
        }

        var nodes = topology.Nodes();
        if (nodes.Count < 2 || topology.NodeOfGpu(device.Index) is not { } node || !nodes.TryGetValue(node, out var ofNode))
        {
            return null;
        }

        int[] processors = [.. ofNode.Intersect(allowed())];
        if (processors.Length == 0)
        {
            // A container that was given processors of another node: better there than nowhere.
            Log.NodeOutOfReach(logger, device, node);
            return null;
        }

        Log.NodeChosen(logger, device, node, string.Join(',', processors));
        return processors;
    }
}
