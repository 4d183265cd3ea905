using System.Diagnostics;
using System.Globalization;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Models;
using Hybrid.Stack;
using Hybrid.Stack.Serving;

namespace Hybrid.Bench.Batching;

/// <summary>Two GPU hosts over real sockets under the same load: one may batch, the other takes requests one by one.</summary>
internal sealed class BatchingBenchmark : IBenchmark
{
    private const int Clients = 32;
    private const int Rounds = 5;
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(3);

    public string Name => "batching";

    public string Summary => $"embeddings of short texts (bench-embed) from {Clients} clients: batched against one by one";

    public async Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("hybrid-bench-").FullName;
        var options = StackOptions.OfCheckout() with { Data = data, Ports = StackPorts.Free };
        var models = Path.Combine(StackOptions.OfCheckout().Data, "bench-models");
        var narrator = new Narrator(output);
        try
        {
            await BenchModels.WriteAsync(models, narrator, cancellationToken);
            var source = new KeyValuePair<string, string>("Weights__Directory", models);
            await using var single = await ServedProcess.StartAsync(
                options, ServedProgram.GpuHost(options, "one-by-one", 0, source, new("Batching__MaxBatchRequests", "1")), narrator, cancellationToken);
            await using var batched = await ServedProcess.StartAsync(
                options, ServedProgram.GpuHost(options, "batched", 0, source), narrator, cancellationToken);

            var rates = new List<(double Single, double Batched)>();
            await LoadAsync(single.Url, cancellationToken);
            await LoadAsync(batched.Url, cancellationToken);
            for (var i = 0; i < Rounds; i++)
            {
                var rate = (await LoadAsync(single.Url, cancellationToken), await LoadAsync(batched.Url, cancellationToken));
                rates.Add(rate);
                narrator.Report(string.Create(CultureInfo.InvariantCulture, $"one by one {rate.Item1:0} texts/s, batched {rate.Item2:0} texts/s"));
            }

            var (a, b) = (Measure.Median(rates.Select(rate => rate.Single)), Measure.Median(rates.Select(rate => rate.Batched)));
            return new Dictionary<string, double> { ["baseline_per_s"] = a, ["ours_per_s"] = b, ["ratio"] = b / a };
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>Texts per second that a host answers to clients who ask one text after another.</summary>
    private static async Task<double> LoadAsync(Uri host, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = host };
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            var count = 0;
            while (watch.Elapsed < RoundTime)
            {
                await EmbedAsync(http, $"short text number {client} {count}", cancellationToken);
                count++;
            }

            return count;
        }));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    private static async Task EmbedAsync(HttpClient http, string text, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(Wire.Encode(new EmbedRequest("bench-embed", [text])));
        content.Headers.ContentType = new(MediaTypes.MessagePack);
        using var response = await http.PostAsync(TaskRoutes.Embed, content, cancellationToken);
        response.EnsureSuccessStatusCode();
        Wire.Decode<EmbedReply>(await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }
}
