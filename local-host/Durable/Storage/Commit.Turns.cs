using DurableTask.Core.Exceptions;
using Hybrid.LocalHost.Durable.History;
using Hybrid.LocalHost.Durable.Replay;
using Hybrid.LocalHost.Durable.Tracing;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Durable.Storage;

/// <summary>The end of an orchestrator's turn: history, new work, status and the taken messages, in one transaction.</summary>
internal sealed partial class Commit
{
    /// <summary>
    /// 1. take the messages; 2. write the history, or begin it anew; 3. hand out the new work; 4. write the status;
    /// 5. when the instance ended, tell its parent and drop what still waits for it.
    /// </summary>
    /// <returns>False when the execution was replaced or purged meanwhile: the turn does not count.</returns>
    public bool FinishTurn(TurnStart start, TurnOutcome outcome)
    {
        var instance = start.Instance;
        var current = sql.Scalar<string>("SELECT execution_id FROM instances WHERE id = $0", instance.Id);
        if (current != instance.ExecutionId)
            return false;

        foreach (var message in start.Messages)
            sql.Execute("DELETE FROM inbox WHERE id = $0", message.Id);
        if (outcome.Continued is { } continued)
            BeginAnew(instance, continued, outcome);
        else
            Append(instance.Id, start.HistoryLength, outcome.Events);
        foreach (var action in outcome.Actions)
            CarryOut(action, instance, outcome);
        foreach (var taskId in outcome.CancelledTimers)
            sql.Execute("DELETE FROM inbox WHERE instance_id = $0 AND execution_id = $1 AND task_id = $2", instance.Id, instance.ExecutionId, taskId);
        if (outcome.Continued is null)
            WriteStatus(instance, outcome);
        if (outcome.IsFinal)
            End(instance, outcome);
        return true;
    }

    private void Append(string instanceId, int length, IReadOnlyList<HistoryEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
            sql.Execute("INSERT INTO history (instance_id, sequence, event) VALUES ($0, $1, $2)", instanceId, length + i, HistoryJson.Write(events[i]));
    }

    // Results and timers of the former execution carry its id: they are removed here, and those that come later are dropped by Reply.
    private void BeginAnew(InstanceRow instance, ContinuedExecution continued, TurnOutcome outcome)
    {
        var executionId = Guid.NewGuid().ToString("N");
        sql.Execute("DELETE FROM history WHERE instance_id = $0", instance.Id);
        sql.Execute("DELETE FROM inbox WHERE instance_id = $0 AND execution_id = $1", instance.Id, instance.ExecutionId);
        sql.Execute(
            "UPDATE instances SET execution_id = $1, version = $2, input = $3, custom_status = NULL, status = 'Running', updated_at = $4 WHERE id = $0",
            instance.Id, executionId, continued.Version, continued.Input, now.Ticks);
        Enqueue(instance.Id, executionId, taskId: null, new ExecutionStarted(now, instance.Name, continued.Input), dueAt: null);
        foreach (var raised in outcome.CarriedEvents)
            Enqueue(instance.Id, executionId: null, taskId: null, raised, dueAt: null);
        changes.StatusChanged.Add(instance.Id);
    }

    private void CarryOut(OrchestratorAction action, InstanceRow instance, TurnOutcome outcome)
    {
        switch (action)
        {
            case ScheduleActivity activity:
                var trace = TaskTrace(instance, activity);
                changes.Activities.Add(sql.Scalar<long>(
                    """
                    INSERT INTO activities (instance_id, execution_id, task_id, name, version, input, tags, trace_parent, trace_state)
                    VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
                    """,
                    instance.Id, instance.ExecutionId, activity.TaskId, activity.Name, activity.Version, activity.Input,
                    HistoryJson.Write(activity.Tags), trace.Parent, trace.State));
                break;
            case CreateTimer timer when !outcome.IsFinal && outcome.Continued is null && !outcome.CancelledTimers.Contains(timer.TaskId):
                Enqueue(instance.Id, instance.ExecutionId, timer.TaskId, new TimerFired(timer.FireAt, timer.TaskId), timer.FireAt);
                break;
            case StartSubOrchestration child:
                StartChild(child, instance);
                break;
            case SendEvent sent:
                Send(sent.InstanceId, new EventRaised(now, sent.Name, sent.Input));
                break;
        }
    }

    private void StartChild(StartSubOrchestration child, InstanceRow parent)
    {
        var link = new ParentLink(parent.Id, parent.ExecutionId, parent.Name, child.TaskId);
        try
        {
            Create(new NewInstance(child.InstanceId, child.Name, child.Version, child.Input) { Tags = child.Tags, Parent = link, Trace = TaskTrace(parent, child) });
        }
        catch (OrchestrationAlreadyExistsException)
        {
            Reply(parent.Id, parent.ExecutionId, new TaskFailed(now, child.TaskId, Failures.SubOrchestrationExists(child.InstanceId)), child.TaskId);
        }
    }

    private static TraceHeaders TaskTrace(InstanceRow instance, OrchestratorAction action) =>
        instance.Trace.Below(SpanIds.Of(instance.ExecutionId, action.TaskId));

    private void WriteStatus(InstanceRow instance, TurnOutcome outcome)
    {
        sql.Execute(
            "UPDATE instances SET status = $1, updated_at = $2, output = $3, failure = $4, custom_status = $5 WHERE id = $0",
            instance.Id, outcome.Status.ToString(), now.Ticks, outcome.Output, HistoryJson.Write(outcome.Failure), outcome.CustomStatus);
        if (outcome.Status != instance.Status)
            changes.StatusChanged.Add(instance.Id);
    }

    private void End(InstanceRow instance, TurnOutcome outcome)
    {
        sql.Execute("DELETE FROM inbox WHERE instance_id = $0", instance.Id);
        TellParent(instance.Id, outcome.Status switch
        {
            OrchestrationRuntimeStatus.Completed => new TaskCompleted(now, 0, outcome.Output),
            OrchestrationRuntimeStatus.Failed => new TaskFailed(now, 0, outcome.Failure!),
            _ => new TaskFailed(now, 0, Failures.SubOrchestrationTerminated(instance.Id)),
        });
        if (outcome.Status != OrchestrationRuntimeStatus.Terminated)
            return;
        sql.Execute("DELETE FROM activities WHERE instance_id = $0", instance.Id);
        changes.Stopped.Add(instance.Id);
        if (outcome.TerminatesChildren)
        {
            foreach (var child in Children(instance.Id))
                Send(child, new ExecutionTerminated(now, outcome.Output, Recursive: true));
        }
    }
}
