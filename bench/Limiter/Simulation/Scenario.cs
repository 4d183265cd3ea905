namespace Hybrid.LimiterSimulation;

/// <summary>Traffic and a server with as many lanes as keep it half busy (four at least), and what goes wrong meanwhile.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="RequestsPerSecond">Poisson arrivals.</param>
/// <param name="Service">Work per request.</param>
/// <param name="Length">How long it goes on.</param>
public sealed record Scenario(string Name, double RequestsPerSecond, ServiceTime Service, TimeSpan Length)
{
    /// <summary>Left out of the judgement: the limiters do not know the server yet.</summary>
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(30);

    /// <summary>Left out after a fault: it is recovery that counts there, not false trips.</summary>
    public static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(30);

    /// <summary>What goes wrong, if anything does.</summary>
    public Fault? Fault { get; init; }

    /// <summary>Share of requests that need a slow dependency, in the middle three fifths of the time.</summary>
    public double DependentShare { get; init; }

    /// <summary>How many times longer those take.</summary>
    public double DependencyFactor { get; init; } = 8;

    /// <summary>Share of requests that are of a bulk job, in the middle three fifths of the time.</summary>
    public double BulkShare { get; init; }

    /// <summary>How many times as large those are; with the request comes that it is.</summary>
    public double BulkWork { get; init; } = 20;

    /// <summary>The rate swings between a fifth and all of it, once every this long; zero: it does not.</summary>
    public TimeSpan Swing { get; init; }

    /// <summary>Traffic that was recorded, in place of what the other properties make.</summary>
    public IReadOnlyList<Arrival>? Recorded { get; init; }

    public int Lanes { get; init; } = Math.Max(4, (int)Math.Ceiling(RequestsPerSecond * Service.MeanMs / 1000 / 0.5));

    /// <summary>Requests per second that the lanes do without a fault.</summary>
    public double Capacity => Lanes / Service.MeanMs * 1000;

    /// <summary>Where no fault is, nor its aftermath, nor the start.</summary>
    public bool IsHealthy(TimeSpan time) =>
        time >= Start && (Fault is null || time < Fault.Begin || time >= Fault.End + Aftermath);

    /// <summary>The requests that come, the same for the same seed whatever becomes of them.</summary>
    public IEnumerable<Arrival> Arrivals(ulong seed) =>
        (Recorded is null ? Synthetic(new SeededRandom(seed), new SeededRandom(~seed)) : RecordedTrace.Repeat(Recorded)).TakeWhile(arrival => arrival.At < Length);

    private IEnumerable<Arrival> Synthetic(SeededRandom gaps, SeededRandom requests)
    {
        for (var at = TimeSpan.Zero; ;)
        {
            at += TimeSpan.FromSeconds(gaps.NextExponential() / RateAt(at));
            var work = IsMiddle(at) && requests.NextUnit() <= BulkShare ? BulkWork : 1;
            var factor = IsMiddle(at) && requests.NextUnit() <= DependentShare ? DependencyFactor : 1;
            yield return new Arrival(at, work, work * factor * Service.DrawMs(requests));
        }
    }

    private double RateAt(TimeSpan time)
    {
        var rate = RequestsPerSecond * (Fault?.Load(time) ?? 1);
        return Swing == TimeSpan.Zero ? rate : rate * (0.6 + (0.4 * Math.Sin(2 * Math.PI * (time / Swing))));
    }

    private bool IsMiddle(TimeSpan time) => time > Length / 5 && time < Length * 0.8;
}
