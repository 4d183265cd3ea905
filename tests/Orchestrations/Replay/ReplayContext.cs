using DurableTask.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using CoreTaskFailedException = DurableTask.Core.Exceptions.TaskFailedException;

namespace Hybrid.Orchestrations.Tests.Replay;

/// <summary>An orchestrator's view of a <see cref="ReplayedRun{TInput, TOutput}"/>: what it asks for is recorded, what history has is answered.</summary>
internal sealed class ReplayContext(DateTime begun, string input) : TaskOrchestrationContext
{
    private readonly List<TaskCompletionSource<string?>> _answers = [];

    /// <summary>What was asked for so far, in its order.</summary>
    public List<Asked> Actions { get; } = [];

    public List<string> CustomStatuses { get; } = [];

    public DateTime Now { get; set; } = begun;

    public override TaskName Name => "test";

    public override string InstanceId => "tenant.run";

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => Now;

    public override bool IsReplaying => false;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    /// <summary>Lets one thing that was asked for have happened.</summary>
    public void Apply(Happened happened)
    {
        Now = happened.At;
        var answer = _answers[happened.Action];
        if (happened.Failure is { } failure)
        {
            answer.TrySetException(new TaskFailedException(Actions[happened.Action].Name, happened.Action, failure));
        }
        else
        {
            answer.TrySetResult(happened.Result);
        }
    }

    public override T? GetInput<T>()
        where T : default => JsonDataConverter.Default.Deserialize<T>(input);

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
        JsonDataConverter.Default.Deserialize<TResult>(await RetryAsync(options?.Retry?.Policy, () => AskAsync("activity", name, input, null)))!;

    public override async Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        JsonDataConverter.Default.Deserialize<TResult>(await AskAsync("orchestration", orchestratorName, input, null))!;

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var (action, timer) = (Actions.Count, AskAsync("timer", "timer", null, fireAt));
        cancellationToken.Register(() =>
        {
            Actions[action] = Actions[action] with { IsCancelled = true };
            _answers[action].TrySetCanceled(cancellationToken);
        });
        return timer;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override void SetCustomStatus(object? customStatus) => CustomStatuses.Add(JsonDataConverter.Default.Serialize(customStatus)!);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

    public override Guid NewGuid() => throw new NotSupportedException();

    // As the SDK's backends retry: each failure is shown to the policy, waits are durable timers.
    private async Task<string?> RetryAsync(RetryPolicy? policy, Func<Task<string?>> ask)
    {
        var first = Now;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (TaskFailedException exception) when (policy is not null)
            {
                var details = new FailureDetails(exception.FailureDetails.ErrorType, exception.FailureDetails.ErrorMessage, null, null, false);
                var retry = policy.Handle(new CoreTaskFailedException("failed") { FailureDetails = details });
                if (!retry || attempt >= policy.MaxNumberOfAttempts || (policy.RetryTimeout != Timeout.InfiniteTimeSpan && Now - first >= policy.RetryTimeout))
                {
                    throw;
                }
            }

            var wait = policy.FirstRetryInterval * Math.Pow(policy.BackoffCoefficient, attempt - 1);
            await CreateTimer(Now + (wait < policy.MaxRetryInterval ? wait : policy.MaxRetryInterval), CancellationToken.None);
        }
    }

    private Task<string?> AskAsync(string kind, TaskName name, object? input, DateTime? due)
    {
        Actions.Add(new Asked(kind, name, JsonDataConverter.Default.Serialize(input), due, Now));
        _answers.Add(new TaskCompletionSource<string?>());
        return _answers[^1].Task;
    }
}

/// <summary>Something that an orchestrator asked for.</summary>
internal sealed record Asked(string Kind, string Name, string? Input, DateTime? Due, DateTime At, bool IsCancelled = false);

/// <summary>An event of a history.</summary>
internal sealed record Happened(int Action, DateTime At, string? Result, TaskFailureDetails? Failure);
