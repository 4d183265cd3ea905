namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>What a limiter thinks at one moment. Latencies are per unit of work.</summary>
/// <param name="State">Whether latency keeps requests out.</param>
/// <param name="Limit">Requests that may be in flight.</param>
/// <param name="InFlight">Requests that are.</param>
/// <param name="HealthyMedian">The baseline's median; zero before there is one.</param>
/// <param name="HealthyP95">The baseline's p95.</param>
/// <param name="Threshold">A p95 over this is too long.</param>
/// <param name="SlowLatency">One request over this is slow; <see cref="TimeSpan.MaxValue"/> before there is a baseline.</param>
/// <param name="Opens">How often the breaker opened.</param>
/// <param name="Relearns">How often the baseline was given up because it did not fit for too long.</param>
public readonly record struct LimiterSnapshot(
    BreakerState State,
    int Limit,
    int InFlight,
    TimeSpan HealthyMedian,
    TimeSpan HealthyP95,
    TimeSpan Threshold,
    TimeSpan SlowLatency,
    int Opens,
    int Relearns);
