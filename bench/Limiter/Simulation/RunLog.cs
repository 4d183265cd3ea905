using Hybrid.GpuHost.Admission.Adaptive;

namespace Hybrid.LimiterSimulation;

/// <summary>What happened in a run, second by second, and the figures made of it.</summary>
public sealed class RunLog(Scenario scenario)
{
    /// <summary>The budget of a caller: a later answer is worth nothing.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(500);

    private const int WindowSeconds = 5;

    /// <summary>The time that a limiter has to adapt to overload before goodput is counted.</summary>
    private static readonly TimeSpan Adapting = TimeSpan.FromSeconds(3);

    private readonly Second[] _seconds = [.. Enumerable.Range(0, (int)scenario.Length.TotalSeconds + 1).Select(_ => new Second())];
    private readonly LatencyHistogram _healthy = new();
    private readonly LatencyHistogram _faulty = new();
    private int _good;
    private bool _wasTripped;
    private int _healthyTrips;
    private int _healthyAdmitted;
    private TimeSpan? _opened;

    public void Arrived(TimeSpan at, bool admitted, bool tripped)
    {
        var second = _seconds[(int)at.TotalSeconds];
        second.Arrived++;
        second.Admitted += admitted ? 1 : 0;
        second.Tripped |= tripped;
        if (scenario.IsHealthy(at))
        {
            _healthyAdmitted += admitted ? 1 : 0;
            _healthyTrips += tripped && !_wasTripped ? 1 : 0;
        }

        if (scenario.Fault is { } fault && at >= fault.Begin && at < fault.End && tripped)
        {
            _opened ??= at - fault.Begin;
        }

        _wasTripped = tripped;
    }

    public void Completed(TimeSpan arrived, TimeSpan at)
    {
        if (scenario.IsHealthy(arrived))
        {
            _healthy.Record(at - arrived);
        }

        if (scenario.Fault is { } fault && arrived >= fault.Begin + Adapting && at < fault.End)
        {
            _faulty.Record(at - arrived);
            _good += at - arrived <= Budget ? 1 : 0;
        }
    }

    public RunResult ToResult()
    {
        var windows = Enumerable.Range(0, _seconds.Length / WindowSeconds)
            .Where(window => scenario.IsHealthy(TimeSpan.FromSeconds(window * WindowSeconds)))
            .Where(window => scenario.IsHealthy(TimeSpan.FromSeconds(((window + 1) * WindowSeconds) - 1)))
            .ToArray();
        var healthy = _seconds.Where((_, second) => scenario.IsHealthy(TimeSpan.FromSeconds(second))).ToArray();
        return new RunResult(
            FalseTripShare: windows.Count(window => Window(window).Any(second => second.Tripped)) / (double)windows.Length,
            HealthyRequestsPerTrip: _healthyTrips == 0 ? null : _healthyAdmitted / (double)_healthyTrips,
            HealthyAdmittedShare: healthy.Sum(second => second.Admitted) / (double)healthy.Sum(second => second.Arrived),
            HealthyP95: _healthy.Quantile(0.95),
            OpenedAfter: _opened,
            RecoveredAfter: RecoveredAfter(),
            FaultGoodput: scenario.Fault is { } fault ? _good / (scenario.Capacity * (fault.End - fault.Begin - Adapting).TotalSeconds) : null,
            FaultP95: scenario.Fault is null ? null : _faulty.Quantile(0.95));
    }

    private IEnumerable<Second> Window(int window) => _seconds.Skip(window * WindowSeconds).Take(WindowSeconds);

    // The first second after the fault from which, for five seconds, the breaker is closed and 95 % are let in.
    private TimeSpan? RecoveredAfter()
    {
        if (scenario.Fault is not { } fault)
        {
            return null;
        }

        var end = (int)fault.End.TotalSeconds;
        for (var second = end; second + WindowSeconds < _seconds.Length; second++)
        {
            var next = _seconds.AsSpan(second, WindowSeconds).ToArray();
            if (!next.Any(one => one.Tripped) && next.Sum(one => one.Admitted) >= 0.95 * next.Sum(one => one.Arrived))
            {
                return TimeSpan.FromSeconds(second - end);
            }
        }

        return null;
    }

    private sealed class Second
    {
        public int Arrived { get; set; }

        public int Admitted { get; set; }

        public bool Tripped { get; set; }
    }
}
