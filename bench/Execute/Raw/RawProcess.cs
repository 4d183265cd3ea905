using System.Diagnostics;
using System.Globalization;

namespace Hybrid.Bench.Execute.Raw;

/// <summary>Runs raw measurements in a process of their own, which has nothing else in it: no HTTP, no other sessions.</summary>
internal static class RawProcess
{
    /// <summary>The hidden name by which this program is started for it.</summary>
    public const string Verb = "raw-sessions";

    /// <summary>Texts per second by length and configuration.</summary>
    public static async Task<IReadOnlyList<RawRate>> MeasureAsync(
        string model, IReadOnlyList<(int Tokens, RawConfiguration Configuration)> subjects, TimeSpan time, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Hybrid.Bench.dll"), Verb, model, time.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            .. subjects.Select(subject => $"{subject.Tokens}:{subject.Configuration.ToArgument()}"),
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? [.. subjects.Zip(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), RawRate.Parse)]
                : throw new InvalidOperationException($"The raw measurement ended with exit code {process.ExitCode}.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>The other side: one line of texts per second for each subject, in order.</summary>
    public static int Serve(string[] arguments)
    {
        var (model, time) = (arguments[0], TimeSpan.FromSeconds(double.Parse(arguments[1], CultureInfo.InvariantCulture)));
        (RawConfiguration Configuration, int Tokens)[] subjects =
            [.. arguments[2..].Select(text => text.Split(':')).Select(parts => (RawConfiguration.Parse(parts[1]), int.Parse(parts[0], CultureInfo.InvariantCulture)))];
        var rates = new double[subjects.Length];

        // Sessions are opened once for all batches and lengths that they run.
        foreach (var group in subjects.Index().GroupBy(subject => subject.Item.Configuration with { Batch = 1 }))
        {
            using var sessions = new RawSessions(model, group.Key.Sessions, group.Key.Threads, group.Key.Spins);
            foreach (var (index, (configuration, tokens)) in group)
            {
                rates[index] = sessions.Measure(configuration.Batch, tokens, time);
            }
        }

        Array.ForEach(rates, rate => Console.WriteLine(rate.ToString("R", CultureInfo.InvariantCulture)));
        return 0;
    }
}

/// <summary>What a configuration gave.</summary>
/// <param name="Tokens">Length of each text.</param>
/// <param name="Configuration">How.</param>
/// <param name="TextsPerSecond">All sessions together.</param>
internal sealed record RawRate(int Tokens, RawConfiguration Configuration, double TextsPerSecond)
{
    public static RawRate Parse((int Tokens, RawConfiguration Configuration) subject, string line) =>
        new(subject.Tokens, subject.Configuration, double.Parse(line, CultureInfo.InvariantCulture));
}
