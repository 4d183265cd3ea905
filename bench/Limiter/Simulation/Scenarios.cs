namespace Hybrid.LimiterSimulation;

/// <summary>The scenarios, by what they show.</summary>
public static class Scenarios
{
    public static readonly IReadOnlyList<double> Rates = [5, 50, 500, 5000];

    private static readonly ServiceTime Calm = ServiceTime.Lognormal(0.5);

    /// <summary>Nothing is wrong, but latencies scatter.</summary>
    public static IEnumerable<Scenario> Noise => Rates.Select(rate => new Scenario("noise", rate, Calm, HealthyLength(rate)));

    /// <summary>Nothing is wrong, but some requests are a hundred times longer than most.</summary>
    public static IEnumerable<Scenario> HeavyTails => Rates.Select(rate => new Scenario("heavy tails", rate, ServiceTime.Pareto(1.3), HealthyLength(rate)));

    /// <summary>15 % of requests need something that has become eight times slower; the other 85 % are fine.</summary>
    public static IEnumerable<Scenario> SlowDependency => Rates.Select(rate => new Scenario("slow dependency", rate, Calm, HealthyLength(rate))
    {
        DependentShare = 0.15,
        Lanes = Math.Max(4, (int)Math.Ceiling(rate * Calm.MeanMs / 1000 * (1 + (0.15 * 7)) / 0.5)),
    });

    /// <summary>Three of five requests are twenty times as large, and say so.</summary>
    public static Scenario Bulk => new("bulk job", 50, Calm, HealthyLength(50)) { BulkShare = 0.6, Lanes = 112 };

    /// <summary>Few requests, and load that swings.</summary>
    public static IEnumerable<Scenario> Sparse =>
    [
        new("low traffic", 0.5, ServiceTime.Lognormal(1), TimeSpan.FromHours(2)),
        new("swinging load", 200, Calm, TimeSpan.FromMinutes(10)) { Swing = TimeSpan.FromMinutes(2) },
    ];

    /// <summary>What a real host was asked. The recorded times hold the waiting already, so here nobody waits for a lane.</summary>
    public static Scenario Recorded => new("recorded", 20, ServiceTime.Recorded(RecordedTrace.Embed), HealthyLength(20))
    {
        Recorded = RecordedTrace.Embed, Lanes = 200,
    };

    /// <summary>One lane that is two thirds busy with requests of very different length: queues form by chance.</summary>
    public static Scenario BusyLane => new("one busy lane", 5, ServiceTime.Lognormal(1), HealthyLength(5)) { Lanes = 1 };

    /// <summary>The server takes ten times longer for a minute.</summary>
    public static IEnumerable<Scenario> Slowdown =>
    [
        .. Rates.Select(rate => new Scenario("tenfold slowdown", rate, Calm, FaultyLength) { Fault = Fault.Slowdown(10, 90, 150) }),
        new("tenfold slowdown, lanes to spare", 50, Calm, FaultyLength) { Fault = Fault.Slowdown(10, 90, 150), Lanes = 100 },
        Recorded with { Name = "tenfold slowdown, recorded", Fault = Fault.Slowdown(10, 90, 150), Length = FaultyLength },
        new("tenfold slowdown, one lane", 5, Calm, FaultyLength) { Fault = Fault.Slowdown(10, 90, 150), Lanes = 1 },
        new("tenfold slowdown, heavy tails", 50, ServiceTime.Pareto(1.3), FaultyLength) { Fault = Fault.Slowdown(10, 90, 150) },
        new("tenfold slowdown, slow dependency", 50, Calm, FaultyLength) { Fault = Fault.Slowdown(10, 90, 150), DependentShare = 0.15, Lanes = 20 },
    ];

    /// <summary>Five times the requests that the server can do, for half a minute.</summary>
    public static IEnumerable<Scenario> Overload =>
    [
        .. Rates.Select(rate => OverloadTo(5, new Scenario("step overload", rate, Calm, FaultyLength))),
        OverloadTo(5, new Scenario("step overload, one lane", 5, Calm, FaultyLength) { Lanes = 1 }),
        OverloadTo(5, new Scenario("step overload, nearly full before", 50, Calm, FaultyLength) { Lanes = 5 }),
        OverloadTo(1.5, new Scenario("step overload by half, nearly full before", 50, Calm, FaultyLength) { Lanes = 5 }),
    ];

    /// <summary>Ten times slower at once or bit by bit, and back bit by bit.</summary>
    public static IEnumerable<Scenario> Gradual =>
    [
        new("slow recovery", 50, Calm, TimeSpan.FromSeconds(300)) { Fault = Fault.SlowRecovery(10, 90, 120, 180) },
        new("slow recovery", 500, Calm, TimeSpan.FromSeconds(300)) { Fault = Fault.SlowRecovery(10, 90, 120, 180) },
        new("creeping slowdown", 50, Calm, TimeSpan.FromSeconds(600)) { Fault = Fault.Creep(10, 90, 390, 450) },
    ];

    public static IEnumerable<Scenario> Healthy => [.. Noise, .. HeavyTails, .. SlowDependency, Bulk, Recorded, .. Sparse, BusyLane];

    public static IEnumerable<Scenario> Faulty => [.. Slowdown, .. Overload, .. Gradual];

    private static TimeSpan FaultyLength => TimeSpan.FromSeconds(210);

    private static TimeSpan HealthyLength(double rate) => TimeSpan.FromSeconds(rate < 5000 ? 600 : 150);

    private static Scenario OverloadTo(double capacities, Scenario scenario) =>
        scenario with { Fault = Fault.Overload(capacities * scenario.Capacity / scenario.RequestsPerSecond, 90, 120) };
}
