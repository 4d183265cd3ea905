using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Durable.Client;

/// <summary>Reads <c>StartOrchestrationOptions.DedupeStatuses</c>.</summary>
internal static class DedupeStatuses
{
    private static readonly OrchestrationRuntimeStatus[] Unended =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    /// <returns>Null when the caller left it to the engine.</returns>
    /// <exception cref="ArgumentException">An unknown status, or a set that contradicts itself.</exception>
    public static HashSet<OrchestrationRuntimeStatus>? From(IReadOnlyList<string>? names)
    {
        if (names is null)
            return null;
        var statuses = names.Select(name => Enum.TryParse<OrchestrationRuntimeStatus>(name, ignoreCase: true, out var status)
            ? status
            : throw new ArgumentException($"'{name}' is no orchestration status.", nameof(names))).ToHashSet();
        // A running instance would be terminated to make room, and then stand in its own way.
        if (statuses.Contains(OrchestrationRuntimeStatus.Terminated) && !Unended.All(statuses.Contains))
            throw new ArgumentException("DedupeStatuses with 'Terminated' must hold every status of a running instance too.", nameof(names));
        return statuses;
    }
}
