using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Activities;
using Hybrid.Orchestrations.Budgets;
using Microsoft.DurableTask;

namespace Hybrid.Orchestrations.Pipelines;

/// <summary>Runs the stages of one pipeline, one after the other, each within its budget. Deterministic.</summary>
internal sealed class StageRunner(TaskOrchestrationContext context, StageBudget budget, string tenant)
{
    private readonly List<StageReport> _reports = [];

    public IReadOnlyList<StageReport> Reports => _reports;

    /// <summary>
    /// 1. Ask for the stage's share of the time; none left: the stage does not start.
    /// 2. Race the activity, which the retry policy repeats after passing errors, against a timer at the end of the share.
    /// 3. A result ends the stage, and an error that will not pass ends the run.
    /// 4. The share is used up (a slow host; a process that was down): ask for twice as much and go back to 2.
    /// </summary>
    /// <param name="stage">Its name in errors, in the report and in the custom status.</param>
    /// <param name="activity">The activity's name.</param>
    /// <param name="input">The activity's input, given the call's tenant, run and time.</param>
    /// <exception cref="StageException">The error's Param names the stage.</exception>
    public async Task<TResult> RunAsync<TResult>(string stage, TaskName activity, Func<StageCall, object> input)
        where TResult : IStageResult
    {
        context.SetCustomStatus(new RagStatus(stage));
        var begun = Now;
        var failures = 0;
        Error? last = null;

        for (var share = budget.ForStage(_reports.Count, begun); share > TimeSpan.Zero; share = budget.More(2 * share, Now))
        {
            var call = new StageCall(tenant, context.InstanceId, (long)share.TotalMilliseconds);
            using var timerEnd = new CancellationTokenSource();
            var timer = context.CreateTimer((Now + share).UtcDateTime, timerEnd.Token);
            var work = context.CallActivityAsync<TResult>(activity, input(call), Retries(share, error => (last, failures) = (error, failures + 1)));
            if (await Task.WhenAny(work, timer) == timer)
            {
                failures++;
                continue;
            }

            // Not CancelAsync: in an orchestrator nothing may leave its thread.
            timerEnd.Cancel();
            try
            {
                var result = await work;
                _reports.Add(new StageReport(stage, (Now - begun).TotalMilliseconds, failures + 1, result.Model, result.Version));
                return result;
            }
            catch (TaskFailedException exception)
            {
                last = FailureText.Read(exception.FailureDetails);
                if (!CanPass(last.Code))
                {
                    throw new StageException(last with { Message = $"Stage '{stage}': {last.Message}", Param = stage });
                }
            }
        }

        throw OutOfTime(stage, last);
    }

    private DateTimeOffset Now => new(DateTime.SpecifyKind(context.CurrentUtcDateTime, DateTimeKind.Utc));

    // A stage whose own time ran out may try again with more.
    private static bool CanPass(ErrorCode code) => code.IsTransient() || code == ErrorCode.DeadlineExceeded;

    /// <summary>As many tries as fit into the share: 200 ms apart, then doubling to 5 s, so a restarting host is found again soon.</summary>
    private static TaskOptions Retries(TimeSpan share, Action<Error> onFailure) => TaskOptions.FromRetryPolicy(
        new RetryPolicy(maxNumberOfAttempts: 1000, FirstRetry, backoffCoefficient: 2, MaxRetry, retryTimeout: share > FirstRetry ? share : FirstRetry)
        {
            HandleFailure = failure =>
            {
                var error = FailureText.Read(failure);
                onFailure(error);
                return error.Code.IsTransient();
            },
        });

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan MaxRetry = TimeSpan.FromSeconds(5);

    private static StageException OutOfTime(string stage, Error? last)
    {
        var message = $"Stage '{stage}' did not end within the run's time.";
        return new StageException(new Error(
            ErrorCode.DeadlineExceeded, last is null ? message : $"{message} Its last error was {last.Code.ToName()}: {last.Message}", stage));
    }
}
