using Hybrid.Bench.Execute.Contenders;
using Hybrid.Bench.Execute.Raw;
using Hybrid.Load;
using Hybrid.Models;
using Hybrid.Stack;

namespace Hybrid.Bench.Execute;

/// <summary>Embeddings over HTTP from our host at its defaults, against what ONNX Runtime gives without any server, and against the services one writes first.</summary>
internal sealed class ExecuteBenchmark : IBenchmark
{
    private const int Texts = 64;
    private const int Rounds = 5;

    /// <summary>Configurations of the sweep that are measured again beside the servers: the best of a sweep is partly luck.</summary>
    private const int Finalists = 2;

    private static readonly int[] Lengths = [8, 32, 128];
    private static readonly TimeSpan SweepTime = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(0.8);
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(2);

    public string Name => "execute";

    public string Summary => "bench-embed at 8, 32 and 128 tokens: the host over HTTP against the best raw ONNX Runtime loop, and two naive services";

    public async Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var (options, models) = (folder.Options, folder.Models);
        var model = Path.Combine(models, HybridHost.Model, "1", "model.onnx");
        var narrator = new Narrator(output);
        narrator.Print("expected: host ÷ best raw 0.95 and more; naive ÷ host: 1.7 and more slower at 8 tokens, where batches save most, and nearly even at 128");
        await BenchModels.WriteAsync(models, [HybridHost.Model], narrator, cancellationToken);
        var sweep = await SweepAsync(model, narrator, cancellationToken);
        await using var contenders = await ContenderSet.StartAsync(options, models, model, narrator, cancellationToken);
        await contenders.CheckEqualAsync([.. Lengths.SelectMany(tokens => EmbedInputs.OfLength(tokens, 4))], cancellationToken);
        narrator.Report($"{string.Join(", ", contenders.All.Select(contender => contender.Name))} give the same vectors");

        var figures = new Dictionary<string, double>();
        foreach (var tokens in Lengths)
        {
            var row = await RowAsync(tokens, model, sweep, contenders, narrator, cancellationToken);
            figures[$"raw_{tokens}_per_s"] = row.Raw;
            figures[$"host_{tokens}_per_s"] = row["host"];
            figures[$"ratio_{tokens}"] = row["host"] / row.Raw;
            foreach (var peer in contenders.Peers)
            {
                figures[$"vs_{peer.Name}_{tokens}"] = row["host"] / row[peer.Name];
            }

            narrator.Print(row.ToText());
        }

        return figures;
    }

    /// <summary>All configurations at all lengths, one after the other; printed as a table.</summary>
    private static async Task<IReadOnlyList<RawRate>> SweepAsync(string model, Narrator narrator, CancellationToken cancellationToken)
    {
        (int, RawConfiguration)[] subjects = [.. Lengths.SelectMany(tokens => RawConfiguration.Sweep(Environment.ProcessorCount, tokens).Select(c => (tokens, c)))];
        var rates = await RawProcess.MeasureAsync(model, subjects, SweepTime, cancellationToken);
        narrator.Report($"raw texts/s of {subjects.Length} configurations, {SweepTime.TotalSeconds} s each:");
        foreach (var line in RawTable.Lines(rates))
        {
            narrator.Print(line);
        }

        return rates;
    }

    /// <summary>One length: everybody's best number of connections, then all in turn, medians.</summary>
    private static async Task<ExecuteRow> RowAsync(
        int tokens, string model, IReadOnlyList<RawRate> sweep, ContenderSet contenders, Narrator narrator, CancellationToken cancellationToken)
    {
        (int, RawConfiguration)[] finalists =
            [.. sweep.Where(rate => rate.Tokens == tokens).OrderByDescending(rate => rate.TextsPerSecond).Take(Finalists).Select(rate => (tokens, rate.Configuration))];
        var subjects = new List<(IContender Contender, IReadOnlyList<PreparedRequest> Requests, int Connections)>();
        foreach (var contender in contenders.All)
        {
            PreparedRequest[] requests = [.. EmbedInputs.OfLength(tokens, Texts).Select(contender.Request)];
            subjects.Add((contender, requests, await Saturation.BestConnectionsAsync(contender, requests, TrialTime, narrator, cancellationToken)));
        }

        var row = new ExecuteRow(tokens);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var rate in await RawProcess.MeasureAsync(model, finalists, RoundTime, cancellationToken))
            {
                row.AddRaw(rate);
            }

            foreach (var (contender, requests, connections) in subjects)
            {
                row.Add(contender.Name, connections, await Saturation.MeasureAsync(contender, requests, connections, RoundTime, cancellationToken));
            }
        }

        return row;
    }
}
