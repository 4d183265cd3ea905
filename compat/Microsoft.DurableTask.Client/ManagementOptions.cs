namespace Microsoft.DurableTask.Client;

/// <summary>Which orchestrations a query returns; null leaves a condition out.</summary>
public record OrchestrationQuery(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null,
    IEnumerable<string>? TaskHubNames = null,
    string? InstanceIdPrefix = null,
    int PageSize = OrchestrationQuery.DefaultPageSize,
    bool FetchInputsAndOutputs = false,
    string? ContinuationToken = null)
{
    public const int DefaultPageSize = 100;
}

/// <summary>How an orchestration is ended from outside.</summary>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);

/// <summary>Whether sub-orchestrations are purged too.</summary>
public record PurgeInstanceOptions(bool Recursive = false);

/// <summary>Which ended orchestrations are purged; null leaves a condition out.</summary>
public record PurgeInstancesFilter(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null)
{
    /// <summary>How long the purge may take; null leaves it to the backend.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>How many instances were purged, and whether none is left to purge (null: not known).</summary>
public class PurgeResult
{
    public PurgeResult(int count)
        : this(count, null)
    {
    }

    public PurgeResult(int count, bool? isComplete)
    {
        if (count < 0)
            throw new ArgumentException("Count must be non-negative", nameof(count));
        PurgedInstanceCount = count;
        IsComplete = isComplete;
    }

    public int PurgedInstanceCount { get; }

    public bool? IsComplete { get; }
}

/// <summary>Refusing to start an instance whose id is in use.</summary>
public static class StartOrchestrationOptionsExtensions
{
    public static StartOrchestrationOptions WithDedupeStatuses(
        this StartOrchestrationOptions options, params OrchestrationRuntimeStatus[] dedupeStatuses) =>
        options with { DedupeStatuses = [.. dedupeStatuses.Select(status => status.ToString())] };
}
