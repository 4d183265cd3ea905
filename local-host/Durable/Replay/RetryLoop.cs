using Hybrid.LocalHost.Durable.History;
using Microsoft.DurableTask;
using CoreFailureDetails = DurableTask.Core.FailureDetails;
using CoreTaskFailedException = DurableTask.Core.Exceptions.TaskFailedException;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>
/// Repeats a task as its <see cref="TaskRetryOptions"/> say. The waits are durable timers of the orchestrator,
/// so that a restart neither forgets an attempt nor shortens a wait.
/// </summary>
internal sealed class RetryLoop(TaskOrchestrationContext context, TaskRetryOptions? options)
{
    public Task<TaskOutcome> RunAsync(Func<Task<TaskOutcome>> attempt) => options switch
    {
        { Policy: { } policy } => RunAsync(attempt, policy),
        { Handler: { } handler } => RunAsync(attempt, handler),
        _ => attempt(),
    };

    private async Task<TaskOutcome> RunAsync(Func<Task<TaskOutcome>> attempt, RetryPolicy policy)
    {
        var firstAttempt = context.CurrentUtcDateTime;
        for (var attempts = 1; ; attempts++)
        {
            var outcome = await attempt();
            if (outcome.Failure is not { NonRetriable: false } failure || attempts >= policy.MaxNumberOfAttempts || !policy.Handle(ToException(failure)))
                return outcome;
            if (policy.RetryTimeout != Timeout.InfiniteTimeSpan && context.CurrentUtcDateTime - firstAttempt >= policy.RetryTimeout)
                return outcome;
            await context.CreateTimer(Delay(policy, attempts), CancellationToken.None);
        }
    }

    private async Task<TaskOutcome> RunAsync(Func<Task<TaskOutcome>> attempt, AsyncRetryHandler handler)
    {
        var firstAttempt = context.CurrentUtcDateTime;
        for (var attempts = 1; ; attempts++)
        {
            var outcome = await attempt();
            if (outcome.Failure is not { NonRetriable: false } failure)
                return outcome;
            var retry = new RetryContext(context, attempts, failure.ToDetails(), context.CurrentUtcDateTime - firstAttempt, CancellationToken.None);
            if (!await handler(retry))
                return outcome;
        }
    }

    /// <summary>first × coefficient^(attempts − 1), at most the policy's longest interval.</summary>
    public static TimeSpan Delay(RetryPolicy policy, int attempts)
    {
        var longest = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.FromDays(365) : policy.MaxRetryInterval;
        var milliseconds = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempts - 1);
        return milliseconds < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : longest;
    }

    // RetryPolicy.HandleFailure is reached only through Handle, which takes the framework's own exception.
    private static CoreTaskFailedException ToException(Failure failure) => new(failure.ErrorMessage) { FailureDetails = ToCore(failure) };

    private static CoreFailureDetails ToCore(Failure failure) =>
        new(failure.ErrorType, failure.ErrorMessage, failure.StackTrace, failure.Inner is null ? null : ToCore(failure.Inner), failure.NonRetriable);
}
