using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Orchestrations.Budgets;
using Hybrid.Orchestrations.Dispatch.Hedging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>One exchange with a host. Ends with its token.</summary>
internal delegate Task<Outcome<TReply>> Exchange<TReply>(GpuHost host, CancellationToken cancellation)
    where TReply : class;

/// <summary>
/// A call's way over the hosts: (1) a host is chosen and tried; (2) when it takes longer than usual, a second one is tried
/// beside it; (3) what failed for a passing reason is tried again, elsewhere where there is an elsewhere, until the deadline.
/// </summary>
internal sealed class Dispatcher(
    PoolState pool, Hedges hedges, DispatchMetrics metrics, IOptions<GpuPoolOptions> options, TimeProvider time, ILogger<Dispatcher> logger)
{
    private readonly int _maxAttempts = options.Value.MaxAttempts;

    /// <exception cref="HybridException">What the last host that was tried said, or that the deadline came.</exception>
    public async Task<TReply> CallAsync<TReply>(
        PoolTask task, string model, PoolCall call, Exchange<TReply> exchange, CancellationToken cancellation)
        where TReply : class
    {
        using var scope = call.Deadline.Cancellation(cancellation);
        return await CallAsync(task, model, call, exchange, scope);
    }

    /// <inheritdoc cref="CallAsync{TReply}(PoolTask, string, PoolCall, Exchange{TReply}, CancellationToken)"/>
    /// <param name="task">What.</param>
    /// <param name="model">Of which model.</param>
    /// <param name="call">What goes with it.</param>
    /// <param name="exchange">How.</param>
    /// <param name="scope">The call's time, which a reply in parts needs for longer than until it begins.</param>
    public async Task<TReply> CallAsync<TReply>(PoolTask task, string model, PoolCall call, Exchange<TReply> exchange, DeadlineCancellation scope)
        where TReply : class
    {
        var tried = new List<GpuHost>();
        hedges.CallBegins();
        for (var attempts = 0; ;)
        {
            var began = time.GetTimestamp();
            var outcome = await RaceAsync(task, model, tried, exchange, scope, call);
            if (outcome.Succeeded)
            {
                hedges.Answered(task, model, time.GetElapsedTime(began));
                return outcome.Reply;
            }

            var elsewhere = pool.Snapshot.Candidates.Any(host => !tried.Contains(host));
            attempts += elsewhere && outcome.Sign is HostSign.Unreachable or HostSign.Lost ? 0 : 1;
            if (outcome.IsFinal || attempts >= _maxAttempts)
            {
                throw new HybridException(outcome.Error);
            }

            // Another host is asked at once; one that failed already gets time to recover.
            if (!elsewhere)
            {
                await WaitAsync(outcome.Error, tried.Count, scope, call.Deadline);
            }
        }
    }

    /// <summary>One try on one host, whatever its standing.</summary>
    public async Task<Outcome<TReply>> TryAsync<TReply>(
        PoolTask task, string? model, HostPick pick, Exchange<TReply> exchange, DeadlineCancellation scope, PoolCall call, CancellationToken outrun = default)
        where TReply : class
    {
        var attempt = new Attempt(pool, metrics, pick, scope.Token, outrun) { Span = DispatchSpans.Begin(task, model, call.RequestId, pick.Host) };
        var outcome = default(Outcome<TReply>);
        try
        {
            outcome = await ExchangeAsync(attempt, exchange, scope, call);
        }
        finally
        {
            // A reply in parts has only begun; the attempt ends with it.
            if (outcome.Reply is not HostStream)
            {
                attempt.Dispose();
            }
        }

        if (outcome.Error is { } error && outcome.Sign != HostSign.Outrun)
        {
            Log.AttemptFailed(logger, task.Route, pick.Host.Address, outcome.Sign, error.Code, error.Message);
            // A tenant over its share says nothing about the host's work.
            if (error is { Code: ErrorCode.Overloaded, Param: not DropReasons.TenantQuota })
            {
                hedges.Overloaded();
            }
        }

        return outcome;
    }

    private static async Task<Outcome<TReply>> ExchangeAsync<TReply>(
        Attempt attempt, Exchange<TReply> exchange, DeadlineCancellation scope, PoolCall call)
        where TReply : class
    {
        try
        {
            var outcome = await exchange(attempt.Host, attempt.Token);
            if (outcome.Reply is HostStream stream)
            {
                stream.BeginAs(attempt);
                return outcome;
            }

            return attempt.End(outcome);
        }
        catch (OperationCanceledException) when (scope.IsTimeout)
        {
            return attempt.End<TReply>((call.Deadline.Exceeded("The request"), HostSign.None));
        }
        catch (OperationCanceledException) when (!scope.Token.IsCancellationRequested)
        {
            return attempt.EndCancelled<TReply>();
        }
    }

    private async Task<Outcome<TReply>> RaceAsync<TReply>(
        PoolTask task, string model, List<GpuHost> tried, Exchange<TReply> exchange, DeadlineCancellation scope, PoolCall call)
        where TReply : class
    {
        var delay = hedges.DelayOf(task, model);
        var pick = pool.Pick(tried);
        tried.Add(pick.Host);
        if (delay is null || pool.Hosts.Length == 1)
        {
            return await TryAsync(task, model, pick, exchange, scope, call);
        }

        using var decided = new CancellationTokenSource();
        var first = TryAsync(task, model, pick, exchange, scope, call, decided.Token);
        if (await first.EndsWithinAsync(delay.Value, time) || pool.PickOther(tried) is not { } other || !hedges.TryBegin())
        {
            return await first;
        }

        tried.Add(other.Host);
        var second = TryAsync(task, model, other, exchange, scope, call, decided.Token);
        var answered = await Task.WhenAny(first, second);
        var won = false;
        try
        {
            var outcome = await answered;
            if (!outcome.IsFinal)
            {
                answered = answered == first ? second : first;
                outcome = await answered;
            }

            won = outcome.Succeeded && answered == second;
            return outcome;
        }
        finally
        {
            hedges.Ended(won);
            await decided.CancelAsync();
            await ((Task)Task.WhenAll(first, second)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <exception cref="HybridException">The wait would end after the deadline: then the error itself is the better answer.</exception>
    private async Task WaitAsync(Error error, int failures, DeadlineCancellation scope, Deadline deadline)
    {
        var delay = RetryDelay.Compute(failures, error.RetryAfter, Random.Shared.NextDouble());
        if (delay >= deadline.Left)
        {
            throw new HybridException(error);
        }

        try
        {
            await Task.Delay(delay, time, scope.Token);
        }
        catch (OperationCanceledException) when (scope.IsTimeout)
        {
            throw new HybridException(error);
        }
    }
}
