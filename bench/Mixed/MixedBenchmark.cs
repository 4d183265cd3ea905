using System.Globalization;
using Hybrid.Bench.Execute;
using Hybrid.Bench.Execute.Contenders;
using Hybrid.Load;
using Hybrid.Models;
using Hybrid.Stack;

namespace Hybrid.Bench.Mixed;

/// <summary>Texts of 4 to 256 tokens: a host that batches similar lengths together, and the same host with one queue for all lengths.</summary>
internal sealed class MixedBenchmark : IBenchmark
{
    private const int Shortest = 4;
    private const int Longest = 256;
    private const int Texts = 512;
    private const int Rounds = 3;

    /// <summary>Enough that several buckets have a batch waiting; a host whose callers wait for nothing has nothing to choose from.</summary>
    private const int Connections = 64;

    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(6);

    public string Name => "mixed";

    public string Summary => "bench-embed, 4 to 256 tokens: tokens/s with length buckets against one queue without";

    public async Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var (options, models) = (folder.Options, folder.Models);
        var narrator = new Narrator(output);
        narrator.Print("expected: a batch is padded to its longest text, so one queue computes 256 tokens for each text: 4 times its own at log-uniform lengths, 2 at uniform ones; buckets at most 1.5 times");
        await BenchModels.WriteAsync(models, [HybridHost.Model], narrator, cancellationToken);
        await using var plain = await HybridHost.StartAsync(
            options, "plain", models, narrator, cancellationToken, new KeyValuePair<string, string>("Batching__LengthBuckets", "false"));
        await using var bucketed = await HybridHost.StartAsync(options, "bucketed", models, narrator, cancellationToken);
        var logUniform = await CompareAsync("log-uniform", random => Math.Exp(Math.Log(Shortest) + (random.NextDouble() * Math.Log(Longest / (double)Shortest))), plain, bucketed, narrator, cancellationToken);
        var uniform = await CompareAsync("uniform", random => Shortest + (random.NextDouble() * (Longest - Shortest)), plain, bucketed, narrator, cancellationToken);
        return new Dictionary<string, double>
        {
            ["plain_tokens_per_s"] = logUniform.Plain,
            ["bucketed_tokens_per_s"] = logUniform.Bucketed,
            ["bucketed_vs_plain"] = logUniform.Bucketed / logUniform.Plain,
            ["uniform_bucketed_vs_plain"] = uniform.Bucketed / uniform.Plain,
            ["errors"] = logUniform.Errors + uniform.Errors,
        };
    }

    private static async Task<(double Plain, double Bucketed, long Errors)> CompareAsync(
        string distribution, Func<Random, double> length, HybridHost plain, HybridHost bucketed, Narrator narrator, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        int[][] texts = [.. Enumerable.Range(0, Texts).Select(_ => EmbedInputs.Text(random, (int)Math.Round(length(random))))];
        var rates = new List<(double Plain, double Bucketed)>();
        var errors = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var (a, b) = (await MeasureAsync(plain), await MeasureAsync(bucketed));
            rates.Add((a.WorkPerSecond, b.WorkPerSecond));
            errors += a.Errors + b.Errors;
            narrator.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"{distribution}, {texts.Average(text => text.Length):0} tokens on average: plain {a.WorkPerSecond:0} tokens/s, bucketed {b.WorkPerSecond:0} tokens/s; p99 {a.Latency.Percentile(0.99).TotalMilliseconds:0} and {b.Latency.Percentile(0.99).TotalMilliseconds:0} ms"));
        }

        return (Measure.Median(rates.Select(rate => rate.Plain)), Measure.Median(rates.Select(rate => rate.Bucketed)), errors);

        async Task<LoadResult> MeasureAsync(HybridHost host) => await LoadClient.RunAsync(
            new LoadPlan(host.Url, [.. texts.Select(host.Request)]) { Connections = Connections, WarmUp = TimeSpan.FromSeconds(3), Duration = RoundTime }, cancellationToken);
    }
}
