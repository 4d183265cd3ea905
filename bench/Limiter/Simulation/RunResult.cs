namespace Hybrid.LimiterSimulation;

/// <summary>The figures of one run.</summary>
/// <param name="FalseTripShare">Share of the healthy 5 s windows in which the breaker was not closed at some moment.</param>
/// <param name="HealthyRequestsPerTrip">Requests let in for every opening, in healthy time; null: it never opened there.</param>
/// <param name="HealthyAdmittedShare">Share of requests let in, in healthy time.</param>
/// <param name="HealthyP95">Of those let in.</param>
/// <param name="OpenedAfter">From the fault's begin to the first request that latency kept out; null: none was.</param>
/// <param name="RecoveredAfter">From the fault's end, in whole seconds; null: not within the run.</param>
/// <param name="FaultGoodput">Answers within a caller's budget during the fault, as a share of what the server does without one.</param>
/// <param name="FaultP95">Of those let in during the fault and answered before its end.</param>
public sealed record RunResult(
    double FalseTripShare,
    double? HealthyRequestsPerTrip,
    double HealthyAdmittedShare,
    TimeSpan HealthyP95,
    TimeSpan? OpenedAfter,
    TimeSpan? RecoveredAfter,
    double? FaultGoodput,
    TimeSpan? FaultP95);
