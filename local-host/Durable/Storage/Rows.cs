using Hybrid.LocalHost.Durable.History;
using Hybrid.LocalHost.Durable.Replay;
using Hybrid.LocalHost.Durable.Tracing;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Durable.Storage;

/// <summary>An orchestration that is to begin.</summary>
internal sealed record NewInstance(string InstanceId, string Name, string Version, string? Input)
{
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>UTC; null: at once.</summary>
    public DateTime? StartAt { get; init; }

    public ParentLink? Parent { get; init; }

    public TraceHeaders Trace { get; init; }
}

internal sealed record InstanceRow(string Id, string ExecutionId, string Name, string Version, OrchestrationRuntimeStatus Status)
{
    public const string Columns =
        """
        id, execution_id, name, version, status, created_at, updated_at, input, output, custom_status, failure, tags,
        parent_id, parent_execution_id, parent_name, parent_task_id, trace_parent, trace_state
        """;

    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; init; }

    public string? Input { get; init; }

    public string? Output { get; init; }

    public string? CustomStatus { get; init; }

    public Failure? Failure { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public ParentLink? Parent { get; init; }

    /// <summary>The span that asked for the instance.</summary>
    public TraceHeaders Trace { get; init; }

    public static InstanceRow Read(SqliteDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), Enum.Parse<OrchestrationRuntimeStatus>(row.GetString(4)))
        {
            CreatedAt = new DateTime(row.GetInt64(5), DateTimeKind.Utc),
            UpdatedAt = new DateTime(row.GetInt64(6), DateTimeKind.Utc),
            Input = Text(row, 7),
            Output = Text(row, 8),
            CustomStatus = Text(row, 9),
            Failure = HistoryJson.ReadFailure(Text(row, 10)),
            Tags = HistoryJson.ReadTags(Text(row, 11)),
            Parent = Text(row, 12) is { } parent ? new ParentLink(parent, row.GetString(13), row.GetString(14), row.GetInt32(15)) : null,
            Trace = new TraceHeaders(Text(row, 16), Text(row, 17)),
        };

    internal static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

/// <summary>An activity that has not ended yet.</summary>
internal sealed record ActivityRow(long Id, string InstanceId, string ExecutionId, int TaskId, string Name, string Version, string? Input)
{
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>The task's span; each attempt is below it.</summary>
    public TraceHeaders Trace { get; init; }

    public static ActivityRow Read(SqliteDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetString(4), row.GetString(5), InstanceRow.Text(row, 6))
        {
            Tags = HistoryJson.ReadTags(InstanceRow.Text(row, 7)),
            Trace = new TraceHeaders(InstanceRow.Text(row, 8), InstanceRow.Text(row, 9)),
        };
}

/// <summary>A message that waits for a turn.</summary>
internal sealed record InboxMessage(long Id, HistoryEvent Event);

/// <summary>Where a turn begins: the instance, how long its history is, and the messages that the turn takes.</summary>
internal sealed record TurnStart(InstanceRow Instance, int HistoryLength, IReadOnlyList<InboxMessage> Messages);
