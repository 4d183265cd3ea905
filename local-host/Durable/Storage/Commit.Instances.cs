using DurableTask.Core.Exceptions;
using Hybrid.LocalHost.Durable.History;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Durable.Storage;

/// <summary>The life of instances: begin, replace, purge.</summary>
internal sealed partial class Commit
{
    /// <summary>Begins an orchestration. An ended instance of that id is replaced; a running one only if <paramref name="dedupe"/> says so.</summary>
    /// <param name="dedupe">Statuses in which an existing instance is kept and this call refused; null: the statuses of running ones, as Durable Functions has it.</param>
    /// <exception cref="OrchestrationAlreadyExistsException">The id is taken.</exception>
    public void Create(NewInstance instance, IReadOnlySet<OrchestrationRuntimeStatus>? dedupe = null)
    {
        var id = instance.InstanceId;
        if (Status(id) is { } existing)
        {
            if (dedupe?.Contains(existing) ?? !IsFinal(existing))
                throw new OrchestrationAlreadyExistsException($"An orchestration with the instance id '{id}' already exists; its status is {existing}.");
            if (!IsFinal(existing))
                TellParent(id, new TaskFailed(now, 0, Failures.SubOrchestrationTerminated(id)));
            Delete(id);
        }

        var executionId = Guid.NewGuid().ToString("N");
        sql.Execute(
            """
            INSERT INTO instances (id, execution_id, name, version, status, created_at, updated_at, input, tags,
                parent_id, parent_execution_id, parent_name, parent_task_id, trace_parent, trace_state)
            VALUES ($0, $1, $2, $3, 'Pending', $4, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            id, executionId, instance.Name, instance.Version, now.Ticks, instance.Input, HistoryJson.Write(instance.Tags),
            instance.Parent?.InstanceId, instance.Parent?.ExecutionId, instance.Parent?.Name, instance.Parent?.TaskId,
            instance.Trace.Parent, instance.Trace.State);
        Enqueue(id, executionId, taskId: null, new ExecutionStarted(now, instance.Name, instance.Input), instance.StartAt);
        changes.StatusChanged.Add(id);
    }

    /// <summary>Removes ended instances.</summary>
    /// <returns>How many are gone, sub-orchestrations included.</returns>
    public int Purge(string instanceId, bool recursive)
    {
        if (Status(instanceId) is not { } status || !IsFinal(status))
            return 0;
        var children = recursive ? Children(instanceId) : [];
        Delete(instanceId);
        return 1 + children.Sum(child => Purge(child, recursive: true));
    }

    private List<string> Children(string instanceId) =>
        sql.Query("SELECT id FROM instances WHERE parent_id = $0", row => row.GetString(0), instanceId);

    private void Delete(string instanceId)
    {
        sql.Execute("DELETE FROM history WHERE instance_id = $0", instanceId);
        sql.Execute("DELETE FROM inbox WHERE instance_id = $0", instanceId);
        sql.Execute("DELETE FROM activities WHERE instance_id = $0", instanceId);
        sql.Execute("DELETE FROM instances WHERE id = $0", instanceId);
        changes.StatusChanged.Add(instanceId);
        changes.Stopped.Add(instanceId);
    }

    /// <summary>Hands a sub-orchestration's end to its parent; the parent's task id replaces the one in <paramref name="end"/>.</summary>
    private void TellParent(string instanceId, HistoryEvent end)
    {
        var parents = sql.Query(
            "SELECT parent_id, parent_execution_id, parent_task_id FROM instances WHERE id = $0 AND parent_id IS NOT NULL",
            row => (Id: row.GetString(0), ExecutionId: row.GetString(1), TaskId: row.GetInt32(2)),
            instanceId);
        foreach (var (id, executionId, taskId) in parents)
        {
            HistoryEvent message = end switch
            {
                TaskCompleted completed => completed with { TaskId = taskId },
                TaskFailed failed => failed with { TaskId = taskId },
                _ => throw new ArgumentException($"{end.GetType().Name} is no end of a task.", nameof(end)),
            };
            Reply(id, executionId, message, taskId);
        }
    }
}
