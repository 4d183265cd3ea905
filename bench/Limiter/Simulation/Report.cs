using System.Globalization;
using Hybrid.LimiterSimulation.Subjects;

namespace Hybrid.LimiterSimulation;

/// <summary>The limiters side by side, as Markdown tables.</summary>
public static class Report
{
    public const ulong Seed = 20260101;

    public static readonly IReadOnlyList<(string Name, Func<TimeProvider, ISubject> Create)> Subjects =
    [
        ("shipped", time => new ShippedSubject(time)),
        ("reference, requests", time => new ReferenceSubject(InARow.Requests, time)),
        ("reference, evaluations, last threshold", time => new ReferenceSubject(InARow.EvaluationsAgainstLast, time)),
        ("reference, evaluations, own threshold", time => new ReferenceSubject(InARow.EvaluationsAgainstOwn, time)),
        ("static", time => new StaticSubject(time)),
    ];

    /// <summary>Writes both tables; some minutes of simulated hours.</summary>
    public static void Write(TextWriter output)
    {
        output.WriteLine("| healthy traffic | requests/s | limiter | false trips | requests per trip | let in | p95 ms |");
        output.WriteLine("| --- | ---: | --- | ---: | ---: | ---: | ---: |");
        WriteRows(output, Scenarios.Healthy, result =>
            $"{result.FalseTripShare * 100:0.0} % | {result.HealthyRequestsPerTrip?.ToString("0", CultureInfo.InvariantCulture) ?? "–"} | {result.HealthyAdmittedShare * 100:0.0} % | {result.HealthyP95.TotalMilliseconds:0}");
        output.WriteLine();
        output.WriteLine("| fault | requests/s | limiter | opens after s | recovered after s | goodput | p95 ms | false trips |");
        output.WriteLine("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |");
        WriteRows(output, Scenarios.Faulty, result =>
            $"{Seconds(result.OpenedAfter, "0.0")} | {Seconds(result.RecoveredAfter, "0")} | {result.FaultGoodput * 100:0} % | {result.FaultP95?.TotalMilliseconds:0} | {result.FalseTripShare * 100:0.0} %");
    }

    private static void WriteRows(TextWriter output, IEnumerable<Scenario> scenarios, Func<RunResult, FormattableString> figures)
    {
        foreach (var scenario in scenarios)
        {
            foreach (var (name, create) in Subjects)
            {
                var result = Simulation.Run(scenario, create, Seed);
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {scenario.Name} | {scenario.RequestsPerSecond} | {name} | {figures(result).ToString(CultureInfo.InvariantCulture)} |"));
            }
        }
    }

    private static string Seconds(TimeSpan? time, string format) => time?.TotalSeconds.ToString(format, CultureInfo.InvariantCulture) ?? "never";
}
