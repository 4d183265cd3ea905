using System.Globalization;
using Hybrid.GpuHost.Execution;

namespace Hybrid.GpuHost.Models.Configuration;

/// <summary>Reads <c>instance_group</c>.</summary>
internal static class InstanceGroups
{
    private const int MostInstances = 64;

    private enum Kind
    {
        Auto,
        Gpu,
        Cpu,
    }

    /// <summary>The instances of all groups; null: the file says nothing of them.</summary>
    /// <param name="groups">The file's.</param>
    /// <param name="device">What all models of this host run on.</param>
    /// <param name="ignored">Gets the fields that are not read.</param>
    /// <param name="faults">Gets what is wrong.</param>
    public static int? Read(IEnumerable<MessageReader> groups, ExecutionDevice device, List<string> ignored, ConfigurationFaults faults)
    {
        int? instances = null;
        foreach (var group in groups)
        {
            // Not set, and so 0, is one.
            instances = (instances ?? 0) + Math.Max(1, (int)(group.Number("count", 0, MostInstances) ?? 1));
            var kind = group.Word("kind", ("KIND_AUTO", Kind.Auto), ("KIND_MODEL", Kind.Auto), ("KIND_GPU", Kind.Gpu), ("KIND_CPU", Kind.Cpu));
            if (kind is Kind.Gpu or Kind.Cpu && kind == Kind.Gpu == (device.Provider == ExecutionProvider.Cpu))
            {
                faults.Add(group.LineOf("kind"), $"instance_group.kind is KIND_{(kind == Kind.Gpu ? "GPU" : "CPU")}, but this host runs all its models on {device}; write KIND_AUTO, or serve the model elsewhere.");
            }

            if (instances > MostInstances)
            {
                faults.Add(group.Line, string.Create(CultureInfo.InvariantCulture, $"instance_group.count comes to {instances}; at most {MostInstances} instances are served."));
            }

            ignored.AddRange(group.Ignored("name", "gpus", "rate_limiter", "secondary_devices", "profile", "passive", "host_policy"));
            group.End();
        }

        return instances;
    }
}
