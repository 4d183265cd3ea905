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

    /// <summary>Writes the tables; a minute of work.</summary>
    public static void Write(TextWriter output)
    {
        WriteTable(output, "healthy traffic: false trips (let in)", Scenarios.Healthy, result =>
            $"{result.FalseTripShare * 100:0.0} % ({result.HealthyAdmittedShare * 100:0} %)");
        WriteTable(output, "slowdown: opens after, recovered after", [.. Scenarios.Slowdown, .. Scenarios.Gradual], result =>
            $"{Seconds(result.OpenedAfter, "0.0")}, {Seconds(result.RecoveredAfter, "0")}");
        WriteTable(output, "overload: goodput, p95 of those let in, opens after", Scenarios.Overload, result =>
            $"{result.FaultGoodput * 100:0} %, {result.FaultP95?.TotalMilliseconds:0} ms, {Seconds(result.OpenedAfter, "0.0")}");
    }

    private static void WriteTable(TextWriter output, string title, IEnumerable<Scenario> scenarios, Func<RunResult, FormattableString> figures)
    {
        output.WriteLine($"| {title} | requests/s | {string.Join(" | ", Subjects.Select(subject => subject.Name))} |");
        output.WriteLine($"| --- | ---: |{string.Concat(Subjects.Select(_ => " --- |"))}");
        foreach (var scenario in scenarios)
        {
            output.Write(string.Create(CultureInfo.InvariantCulture, $"| {scenario.Name} | {scenario.RequestsPerSecond} |"));
            foreach (var (_, create) in Subjects)
            {
                output.Write($" {figures(Simulation.Run(scenario, create, Seed)).ToString(CultureInfo.InvariantCulture)} |");
            }

            output.WriteLine();
        }

        output.WriteLine();
    }

    private static string Seconds(TimeSpan? time, string format) => time is { } value ? value.TotalSeconds.ToString(format, CultureInfo.InvariantCulture) + " s" : "never";
}
