using System.Collections.Immutable;
using Hybrid.LimiterSimulation;
using Hybrid.Orchestrations.Dispatch;
using Hybrid.Orchestrations.Dispatch.Hedging;
using PoolHost = Hybrid.Orchestrations.Dispatch.GpuHost;

namespace Hybrid.Bench.Dispatch;

/// <summary>Calls at random moments to three hosts of which one is five times slower; the choice, the estimate and the budget are the pool's own.</summary>
internal sealed class PoolSimulation
{
    private const int Calls = 200_000;
    private const double PerSecond = 45;
    private const ulong Seed = 1;

    private readonly SimulatedClock _clock = new();
    private readonly SeededRandom _dice = new(Seed);
    private readonly Timeline _timeline;
    private readonly ImmutableArray<SimulatedHost> _hosts;
    private readonly ImmutableArray<PoolHost> _candidates;
    private readonly Func<ImmutableArray<PoolHost>, PoolHost> _choose;
    private readonly HedgeBudget _budget;
    private readonly LatencyWindow _latencies;
    private readonly List<TimeSpan> _durations = new(Calls);
    private readonly Random _choices = new(2);
    private int _hedges;

    /// <param name="hedgeShare">0: no second tries.</param>
    /// <param name="choose">The host of a first try.</param>
    public PoolSimulation(double hedgeShare, Func<ImmutableArray<PoolHost>, PoolHost> choose)
    {
        _timeline = new Timeline(_clock);
        _hosts = [.. new double[] { 1, 1, 5 }.Select((slowness, i) => new SimulatedHost(i, slowness, _clock, _timeline, _dice))];
        _candidates = [.. _hosts.Select(host => host.Host)];
        _choose = choose;
        _budget = new HedgeBudget(hedgeShare);
        _latencies = new LatencyWindow(_clock);
    }

    /// <summary>Percentiles of the calls' durations in milliseconds, and second tries as a share of the calls.</summary>
    public (double P50, double P99, double Hedges) Run()
    {
        Arrive();
        _timeline.RunToEnd();
        _durations.Sort();
        return (Percentile(0.50), Percentile(0.99), _hedges / (double)Calls);

        double Percentile(double share) => _durations[(int)(share * (_durations.Count - 1))].TotalMilliseconds;
    }

    private void Arrive(int number = 0)
    {
        if (number < Calls)
        {
            Call();
            _timeline.After(TimeSpan.FromSeconds(_dice.NextExponential() / PerSecond), () => Arrive(number + 1));
        }
    }

    private void Call()
    {
        var begun = _clock.Now;
        var tries = new List<(SimulatedHost Host, SimulatedAttempt Attempt)>();
        _budget.Deposit();
        Try(_choose(_candidates));
        if (_latencies.P95 is { } p95)
        {
            _timeline.After(p95, Hedge);
        }

        void Hedge()
        {
            if (tries.Count == 1 && _budget.TryTake())
            {
                _hedges++;
                Try(PowerOfTwoChoices.Pick(_candidates.Remove(tries[0].Host.Host), [], _choices));
            }
        }

        void Try(PoolHost chosen)
        {
            var host = _hosts.Single(host => host.Host == chosen);
            SimulatedAttempt attempt = null!;
            attempt = new SimulatedAttempt(() => Answered(attempt));
            tries.Add((host, attempt));
            host.Begin(attempt);
        }

        void Answered(SimulatedAttempt winner)
        {
            foreach (var (host, attempt) in tries.Where(tried => tried.Attempt != winner))
            {
                host.CallOff(attempt);
            }

            tries.Clear();
            _durations.Add(_clock.Now - begun);
            _latencies.Record(_clock.Now - begun);
        }
    }
}
