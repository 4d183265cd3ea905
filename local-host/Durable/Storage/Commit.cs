using Hybrid.LocalHost.Durable.History;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Durable.Storage;

/// <summary>What can be written, inside one transaction of the <see cref="CommitLoop"/>.</summary>
/// <param name="sql">The writer's connection.</param>
/// <param name="changes">Gathers what the engine has to hear after the commit.</param>
/// <param name="now">The time of the commit (UTC).</param>
internal sealed partial class Commit(Statements sql, Changes changes, DateTime now)
{
    public DateTime Now => now;

    /// <summary>Puts a message from outside into a running instance's inbox.</summary>
    /// <returns>False when there is no such instance, or it has ended: nobody will take the message.</returns>
    public bool Send(string instanceId, HistoryEvent message)
    {
        if (Status(instanceId) is not { } status || IsFinal(status))
            return false;
        Enqueue(instanceId, executionId: null, taskId: null, message, dueAt: null);
        return true;
    }

    /// <summary>Gives a task's end to the execution that asked for it; dropped when that one is over.</summary>
    public void Reply(string instanceId, string executionId, HistoryEvent message, int taskId)
    {
        var current = sql.Scalar<string>("SELECT execution_id FROM instances WHERE id = $0 AND status NOT IN ('Completed', 'Failed', 'Terminated')", instanceId);
        if (current == executionId)
            Enqueue(instanceId, executionId, taskId, message, dueAt: null);
    }

    /// <summary>Ends an activity: its work goes, its result comes to its orchestrator, both in this transaction. So a result is recorded once.</summary>
    public void FinishActivity(long activityId, Func<ActivityRow, HistoryEvent> result)
    {
        foreach (var row in sql.Query("DELETE FROM activities WHERE id = $0 RETURNING *", ActivityRow.Read, activityId))
            Reply(row.InstanceId, row.ExecutionId, result(row), row.TaskId);
    }

    private void Enqueue(string instanceId, string? executionId, int? taskId, HistoryEvent message, DateTime? dueAt)
    {
        sql.Execute(
            "INSERT INTO inbox (instance_id, execution_id, task_id, happened_at, due_at, event) VALUES ($0, $1, $2, $3, $4, $5)",
            instanceId, executionId, taskId, OrderOf(message, dueAt), dueAt?.Ticks, HistoryJson.Write(message));
        if (dueAt > now)
            changes.Due.Add((instanceId, dueAt.Value));
        else
            changes.Ready.Add(instanceId);
    }

    // A turn takes messages by the time at which they happened: an event that came before a timeout wins, also after a restart that was late for both.
    // The start comes before all, also before events that were sent to an instance that starts later; and what suspends, resumes or terminates
    // must be seen however many messages wait before it.
    private static long OrderOf(HistoryEvent message, DateTime? dueAt) =>
        message is ExecutionStarted || message.IsControl ? 0 : (dueAt ?? message.At).Ticks;

    private OrchestrationRuntimeStatus? Status(string instanceId) =>
        sql.Scalar<string>("SELECT status FROM instances WHERE id = $0", instanceId) is { } status ? Enum.Parse<OrchestrationRuntimeStatus>(status) : null;

    private static bool IsFinal(OrchestrationRuntimeStatus status) =>
        status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;
}
