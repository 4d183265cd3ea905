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

    [LoggerMessage(106, LogLevel.Warning, "Orchestrator {Name} {InstanceId} awaited something that is not durable; what follows it does not run")]
    public static partial void LateContinuation(ILogger logger, string name, string instanceId);

    [LoggerMessage(200, LogLevel.Information, "Serving {Functions} functions")]
    public static partial void FunctionsFound(ILogger logger, int functions);

    [LoggerMessage(201, LogLevel.Error, "HTTP function {Function} failed")]
    public static partial void HttpFunctionFailed(ILogger logger, Exception failure, string function);

    [LoggerMessage(202, LogLevel.Debug, "The client of HTTP function {Function} left")]
    public static partial void ClientLeft(ILogger logger, string function);

    [LoggerMessage(210, LogLevel.Warning, "Queue {Queue} cannot be reached: {Reason}")]
    public static partial void QueueUnreachable(ILogger logger, string queue, string reason);

    [LoggerMessage(211, LogLevel.Warning, "Queue function {Function} failed on message {MessageId}, attempt {Attempt}")]
    public static partial void QueueFunctionFailed(ILogger logger, Exception failure, string function, string messageId, long attempt);

    [LoggerMessage(212, LogLevel.Warning, "Message {MessageId} of queue {Queue} went to {Poison}")]
    public static partial void QueueMessageBuried(ILogger logger, string messageId, string queue, string poison);

    [LoggerMessage(213, LogLevel.Warning, "Message {MessageId} of queue {Queue} could not be deleted or returned; it comes again")]
    public static partial void QueueMessageNotSettled(ILogger logger, Exception failure, string messageId, string queue);

    [LoggerMessage(214, LogLevel.Warning, "Function {Function} lost its lease on a message of queue {Queue}; it is cancelled, and the message may run again")]
    public static partial void LeaseLost(ILogger logger, string function, string queue);
}
