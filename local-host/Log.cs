using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost;

internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "Durable engine on {Database}: {Ready} instances to go on with, {Timers} timers, {Activities} activities")]
    public static partial void EngineStarted(ILogger logger, string database, int ready, int timers, int activities);

    [LoggerMessage(101, LogLevel.Warning, "The durable engine stopped while work was running; it runs again after the next start")]
    public static partial void EngineCutOff(ILogger logger);

    [LoggerMessage(102, LogLevel.Information, "Orchestration {Name} {InstanceId} ended: {Status} {Failure}")]
    public static partial void OrchestrationEnded(ILogger logger, string name, string instanceId, OrchestrationRuntimeStatus status, string? failure);

    [LoggerMessage(103, LogLevel.Warning, "Activity {Name} of {InstanceId} failed")]
    public static partial void ActivityFailed(ILogger logger, Exception failure, string name, string instanceId);

    [LoggerMessage(104, LogLevel.Error, "A turn of {InstanceId} could not be recorded; it is tried again")]
    public static partial void TurnFailed(ILogger logger, Exception failure, string instanceId);

    [LoggerMessage(105, LogLevel.Error, "Activity {ActivityId} could not be recorded; it runs again")]
    public static partial void ActivityNotRecorded(ILogger logger, Exception failure, long activityId);
}
