using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Hybrid.Compat.Tests.DurableTask;

/// <summary>A context as a third party's engine derives it: writes down which calls reach the abstract methods.</summary>
internal sealed class RecordingContext : TaskOrchestrationContext
{
    public List<string> Calls { get; } = [];

    public bool Replaying { get; set; }

    public string RunningVersion { get; init; } = string.Empty;

    public ILoggerFactory Loggers { get; init; } = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance;

    public TaskCompletionSource Timer { get; } = new();

    public TaskCompletionSource<object?> Event { get; } = new();

    public override TaskName Name => "Recording";

    public override string InstanceId => "instance";

    public override ParentOrchestrationInstance? Parent => new("Parent", "parent");

    public override DateTime CurrentUtcDateTime => new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public override bool IsReplaying => Replaying;

    public override string Version => RunningVersion;

    protected override ILoggerFactory LoggerFactory => Loggers;

    public override T GetInput<T>() => default!;

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        Calls.Add($"activity {name} {typeof(TResult).Name} {input ?? "null"} {options?.Retry?.Policy?.MaxNumberOfAttempts}");
        return Task.FromResult(default(TResult)!);
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        Calls.Add($"orchestrator {orchestratorName} {typeof(TResult).Name} {input ?? "null"} {(options as SubOrchestrationOptions)?.InstanceId}");
        return Task.FromResult(default(TResult)!);
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        Calls.Add($"timer {fireAt:O}");
        cancellationToken.Register(() => Calls.Add("timer cancelled"));
        return Timer.Task;
    }

    public override async Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        Calls.Add($"event {eventName}");
        return (T)(await Event.Task.WaitAsync(cancellationToken))!;
    }

    public override void SendEvent(string instanceId, string eventName, object payload) => Calls.Add($"send {instanceId} {eventName} {payload}");

    public override void SetCustomStatus(object? customStatus) => Calls.Add($"status {customStatus}");

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        Calls.Add($"again {newInput} {preserveUnprocessedEvents}");

    public override Guid NewGuid() => Guid.Empty;
}
