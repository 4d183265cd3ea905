using System.Globalization;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.Load;
using Hybrid.Models;
using Hybrid.Stack;
using Hybrid.Stack.Serving;

namespace Hybrid.Bench.Overhead;

/// <summary>
/// What a request costs beside the model: a GPU host that serves a model which computes nothing, against a Kestrel route that sends the same bytes
/// back.
/// </summary>
internal sealed class OverheadBenchmark : IBenchmark
{
    private const string Allocated = "dotnet_gc_heap_total_allocated_bytes_total";
    private const string Model = "bench-identity";
    private const int Width = 256;
    private const int Connections = 64;
    private const int Rounds = 15;

    public string Name => "overhead";

    public string Summary => "1 KiB tensors to a model that computes nothing, against a Kestrel route that echoes the same bytes";

    public async Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var (options, models) = (folder.Options, folder.Models);
        var narrator = new Narrator(output);
        await BenchModels.WriteAsync(models, [Model], narrator, cancellationToken);
        var raw = RawRun.Median(Path.Combine(models, Model, "1", "model.onnx"), Width);
        await using var echo = await ServedProcess.StartAsync(
            options, new ServedProgram("echo", "Hybrid.Peers.Echo", "ASPNETCORE_URLS", "/health", 0, []), narrator, cancellationToken);

        // More than the connections may be inside; the limiter is not what is measured.
        await using var host = await ServedProcess.StartAsync(
            options,
            ServedProgram.GpuHost(
                options,
                "host",
                0,
                new("Weights__Directory", models),
                new("Admission__Adaptive__MinConcurrency", $"{2 * Connections}"),
                new("Admission__Adaptive__InitialConcurrency", $"{2 * Connections}")),
            narrator,
            cancellationToken);
        var body = Wire.Encode(new InferRequest(Model, 0, [Tensor.Of("x", TensorType.Fp32, [1, Width], new float[Width])], []));
        var toEcho = PreparedRequest.Post(echo.Url, "/echo", MediaTypes.MessagePack, body);
        var toHost = PreparedRequest.Post(host.Url, TaskRoutes.Infer, MediaTypes.MessagePack, body, 1, new(HybridHeaders.BudgetMs, "30000"), new(HybridHeaders.RequestId, "bench"));

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var rates = new List<(double Echo, double Host)>();
        var medians = new List<(double Echo, double Host)>();
        var allocated = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            var echoed = await LoadAsync(echo.Url, toEcho, Connections, cancellationToken);
            var before = await HostMetrics.SumAsync(http, host.Url, Allocated, cancellationToken);
            var answered = await LoadAsync(host.Url, toHost, Connections, cancellationToken);
            var bytes = (await HostMetrics.SumAsync(http, host.Url, Allocated, cancellationToken) - before) / answered.Sent;
            var one = (
                Echo: await LoadAsync(echo.Url, toEcho, 1, cancellationToken),
                Host: await LoadAsync(host.Url, toHost, 1, cancellationToken));
            narrator.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"{Connections} connections: echo {echoed.PerSecond:0}/s, host {answered.PerSecond:0}/s, {bytes:0} bytes a request; one: echo {MedianOf(one.Echo):0.0} µs, host {MedianOf(one.Host):0.0} µs"));

            // In the first round both sides are still being compiled anew while they run.
            if (round > 0)
            {
                rates.Add((echoed.PerSecond, answered.PerSecond));
                medians.Add((MedianOf(one.Echo), MedianOf(one.Host)));
                allocated.Add(bytes);
            }
        }

        var (echoMedian, hostMedian) = (Measure.Median(medians.Select(m => m.Echo)), Measure.Median(medians.Select(m => m.Host)));
        return new Dictionary<string, double>
        {
            ["echo_per_s"] = Measure.Median(rates.Select(rate => rate.Echo)),
            ["host_per_s"] = Measure.Median(rates.Select(rate => rate.Host)),
            ["vs_echo"] = Measure.Median(rates.Select(rate => rate.Host / rate.Echo)),
            ["alloc_bytes"] = Measure.Median(allocated),
            ["echo_us"] = echoMedian,
            ["host_us"] = hostMedian,
            ["raw_run_us"] = raw.TotalMicroseconds,
            ["added_vs_echo"] = (hostMedian - raw.TotalMicroseconds) / echoMedian,
        };
    }

    private static async Task<LoadResult> LoadAsync(Uri server, PreparedRequest request, int connections, CancellationToken cancellationToken)
    {
        var plan = new LoadPlan(server, [request]) { Connections = connections, WarmUp = TimeSpan.FromSeconds(0.3), Duration = TimeSpan.FromSeconds(0.7) };
        var result = await LoadClient.RunAsync(plan, cancellationToken);
        return result.Errors == 0 ? result : throw new InvalidOperationException($"{server}: {result}");
    }

    private static double MedianOf(LoadResult result) => result.Latency.Percentile(0.5).TotalMicroseconds;
}
