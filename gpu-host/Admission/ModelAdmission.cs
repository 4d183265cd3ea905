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

    /// <summary>Lets a request in, if the limiter does. It keeps its place until that is completed, by whatever name.</summary>
    /// <param name="work">Its size in <see cref="WorkUnits"/>.</param>
    /// <param name="observer">Is told how it ends, which may be here.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.Overloaded"/> or <see cref="ErrorCode.Unavailable"/>: it was not let in.</exception>
    public AdmissionLease Enter(double work, IAdmissionObserver? observer = null)
    {
        var decision = _limiter.TryAcquire(work);
        HostSpans.Admission(decision.Reason, _limiter);
        if (!decision.IsAdmitted)
        {
            LogOpening(decision.Reason);
            observer?.Ended(AdmissionOutcome.Refused, TimeSpan.Zero);
            throw decision.Reason.ToException(decision.RetryAfter);
        }

        return decision.Lease with { Observer = observer };
    }

    /// <summary>Gives the place back of a request that failed, and tells the limiter what that says about the model.</summary>
    /// <param name="place">The request's.</param>
    /// <param name="failure">Why.</param>
    /// <param name="budget">Whose end is a time-out, in contrast to a client that left.</param>
    public static void Fail(in AdmissionLease place, Exception failure, RequestBudget budget) => place.Complete(OutcomeOf(failure, budget));

    /// <summary>
    /// Gives the place back when an answer that is read while it is made is made, or has failed: how fast somebody reads says nothing about
    /// the model.
    /// </summary>
    /// <param name="place">The request's.</param>
    /// <param name="budget">Whose end is a time-out, in contrast to a client that left.</param>
    /// <param name="workDone">Until the answer is made; its size.</param>
    public static async Task CompleteAsync(AdmissionLease place, RequestBudget budget, Task<double> workDone)
    {
        try
        {
            place.Complete(AdmissionOutcome.Succeeded, await workDone);
        }
        catch (Exception failure)
        {
            Fail(place, failure, budget);
        }
    }

    private static AdmissionOutcome OutcomeOf(Exception exception, RequestBudget budget) => exception switch
    {
        HybridException { Error.Code: ErrorCode.Internal } => AdmissionOutcome.Failed,
        HybridException { Error.Code: ErrorCode.DeadlineExceeded } => AdmissionOutcome.TimedOut,
        HybridException => AdmissionOutcome.Refused,
        OperationCanceledException => budget.IsSpent ? AdmissionOutcome.TimedOut : AdmissionOutcome.Abandoned,
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
