namespace Hybrid.Orchestrations.Dispatch;

/// <summary>The states of Nygard's circuit breaker; the numbers are what metrics show.</summary>
internal enum BreakerState
{
    /// <summary>The host gets its share of the calls.</summary>
    Closed = 0,

    /// <summary>It failed too often: it gets none.</summary>
    Open = 1,

    /// <summary>It says that it is well again: one call at a time finds out.</summary>
    HalfOpen = 2,
}
