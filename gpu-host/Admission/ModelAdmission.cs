using System.Runtime.CompilerServices;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Admission;

/// <summary>The door of one model version. What it has learned belongs to that version: another may be faster or slower.</summary>
public sealed class ModelAdmission(ModelId id, AdaptiveLimiterOptions options, TimeProvider time, ILogger<ModelAdmission> logger)
{
    private readonly AdaptiveLimiter _limiter = new(options, time);
    private int _opensLogged;

    public LimiterSnapshot Snapshot => _limiter.Snapshot();

    /// <summary>Runs a request, if the limiter lets it in, and tells the limiter how it went.</summary>
    /// <param name="work">Its size in <see cref="WorkUnits"/>.</param>
    /// <param name="budget">Whose end is a time-out, in contrast to a client that left.</param>
    /// <param name="state">What the request needs; so that <paramref name="run"/> can be static, and nothing is allocated.</param>
    /// <param name="run">The request.</param>
    /// <param name="workDone">Its size where that is known only from the answer.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.Overloaded"/> or <see cref="ErrorCode.Unavailable"/>: it was not let in.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TReply> RunAsync<TState, TReply>(
        double work, RequestBudget budget, TState state, Func<TState, RequestBudget, ValueTask<TReply>> run, Func<TReply, double>? workDone = null)
    {
        var lease = Enter(work);
        try
        {
            var reply = await run(state, budget);
            lease.Complete(AdmissionOutcome.Succeeded, workDone?.Invoke(reply) ?? work);
            return reply;
        }
        catch (Exception exception)
        {
            lease.Complete(OutcomeOf(exception, budget));
            throw;
        }
    }

    /// <summary>
    /// Begins a request whose answer is read while it is made. The limiter is told when it is made: how fast somebody reads says nothing
    /// about the model.
    /// </summary>
    /// <param name="work">Its size in <see cref="WorkUnits"/>.</param>
    /// <param name="budget">Whose end is a time-out, in contrast to a client that left.</param>
    /// <param name="begin">The request.</param>
    /// <param name="workDone">Until the answer is made, or failed; its size.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.Overloaded"/> or <see cref="ErrorCode.Unavailable"/>: it was not let in.</exception>
    public async Task<TAnswer> BeginAsync<TAnswer>(double work, RequestBudget budget, Func<Task<TAnswer>> begin, Func<TAnswer, Task<double>> workDone)
    {
        var lease = Enter(work);
        try
        {
            var answer = await begin();
            _ = CompleteAsync(lease, budget, workDone(answer));
            return answer;
        }
        catch (Exception exception)
        {
            lease.Complete(OutcomeOf(exception, budget));
            throw;
        }
    }

    private AdmissionLease Enter(double work)
    {
        var decision = _limiter.TryAcquire(work);
        HostSpans.Admission(decision.Reason, _limiter);
        if (!decision.IsAdmitted)
        {
            LogOpening(decision.Reason);
            throw decision.Reason.ToException(decision.RetryAfter);
        }

        return decision.Lease;
    }

    private static async Task CompleteAsync(AdmissionLease lease, RequestBudget budget, Task<double> workDone)
    {
        try
        {
            lease.Complete(AdmissionOutcome.Succeeded, await workDone);
        }
        catch (Exception exception)
        {
            lease.Complete(OutcomeOf(exception, budget));
        }
    }

    private static AdmissionOutcome OutcomeOf(Exception exception, RequestBudget budget) => exception switch
    {
        HybridException { Error.Code: ErrorCode.Internal } => AdmissionOutcome.Failed,
        HybridException { Error.Code: ErrorCode.DeadlineExceeded } => AdmissionOutcome.TimedOut,
        HybridException => AdmissionOutcome.Ignored,
        OperationCanceledException => budget.IsSpent ? AdmissionOutcome.TimedOut : AdmissionOutcome.Ignored,
        _ => AdmissionOutcome.Failed,
    };

    // Once for each opening, by the first request that it keeps out.
    private void LogOpening(RejectReason reason)
    {
        if (reason != RejectReason.LatencyOpen)
        {
            return;
        }

        var snapshot = _limiter.Snapshot();
        if (Interlocked.Exchange(ref _opensLogged, snapshot.Opens) != snapshot.Opens)
        {
            Log.LimiterOpened(logger, id, snapshot.SlowLatency.TotalMilliseconds, snapshot.HealthyMedian.TotalMilliseconds);
        }
    }
}
