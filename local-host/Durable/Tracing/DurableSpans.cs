using System.Diagnostics;
using Hybrid.LocalHost.Durable.Storage;

namespace Hybrid.LocalHost.Durable.Tracing;

/// <summary>
/// The engine's spans, under the names and attributes that the Durable Task SDK gives them. Here are those that begin and end in one
/// process; those of orchestrations do not, see <see cref="ExecutionSpans"/>. Without a listener none is made.
/// </summary>
internal static class DurableSpans
{
    public const string TaskType = "durabletask.type";
    public const string TaskName = "durabletask.task.name";
    public const string TaskId = "durabletask.task.task_id";
    public const string InstanceId = "durabletask.task.instance_id";

    public static ActivitySource Source { get; } = new("Microsoft.DurableTask");

    /// <summary>A client asks for an orchestration; the orchestration's own span is below this one.</summary>
    public static Activity? BeginCreation(string name, string instanceId) =>
        Source.StartActivity($"create_orchestration:{name}", ActivityKind.Producer)
            ?.SetTag(TaskType, "orchestration").SetTag(TaskName, name).SetTag(InstanceId, instanceId);

    /// <summary>One attempt at an activity: again after a crash, and then it is another one, below the same task.</summary>
    public static Activity? BeginAttempt(ActivityRow activity) =>
        Source.HasListeners() && activity.Trace.TryRead(out var task)
            ? Source.StartActivity($"activity:{activity.Name}", ActivityKind.Server, task)
                ?.SetTag(TaskType, "activity").SetTag(TaskName, activity.Name).SetTag(InstanceId, activity.InstanceId).SetTag(TaskId, activity.TaskId)
            : null;
}
