using System.Diagnostics;
using System.Globalization;
using Hybrid.Load;
using Hybrid.Models;
using Hybrid.Stack;
using Hybrid.Stack.Serving;

namespace Hybrid.Bench.Soak;

/// <summary>One host under a bit of everything for minutes: whether memory, handles and threads stay what they are, and nothing fails.</summary>
internal sealed class SoakBenchmark : IBenchmark
{
    /// <summary>Of what the host can do: busy, with room for moments when more comes.</summary>
    private const double Share = 0.7;

    private const int Connections = 32;

    /// <summary>For finding out what it can do; fewer than its limiter lets in at the start.</summary>
    private const int SaturationConnections = 16;

    private static readonly TimeSpan SaturationTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(10);

    private TimeSpan _duration;

    public string Name => "soak";

    public string Summary => "a host under mixed load at 70 % of saturation: memory, handles, threads and errors over time [--minutes 3]";

    public void Configure(BenchOptions options) => _duration = TimeSpan.FromMinutes(options.Number("minutes", 3));

    public async Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var (options, models) = (folder.Options, folder.Models);
        var narrator = new Narrator(output);
        narrator.Print("expected: no error; memory after the first third within 5 % of what it was, since buffers are pooled and sessions keep what their largest batch took");
        await BenchModels.WriteAsync(models, [SoakRequests.EmbedModel, SoakRequests.TensorModel], narrator, cancellationToken);
        await DemoModels.WriteAsync(models, narrator, cancellationToken);
        await using var host = await ServedProcess.StartAsync(
            options, ServedProgram.GpuHost(options, "gpu-host", 0, new KeyValuePair<string, string>("Weights__Directory", models)), narrator, cancellationToken);
        var requests = SoakRequests.Of(host.Url);
        var most = await LoadClient.RunAsync(
            new LoadPlan(host.Url, requests) { Connections = SaturationConnections, WarmUp = TimeSpan.FromSeconds(3), Duration = SaturationTime }, cancellationToken);
        narrator.Report($"saturated: {most}");
        return await SoakAsync(host, requests, most.PerSecond * Share, narrator, cancellationToken);
    }

    private async Task<IReadOnlyDictionary<string, double>> SoakAsync(
        ServedProcess host, IReadOnlyList<PreparedRequest> requests, double perSecond, Narrator narrator, CancellationToken cancellationToken)
    {
        // The saturation before was the warm-up.
        var client = new LoadClient(new LoadPlan(host.Url, requests)
        {
            Connections = Connections,
            Arrivals = ArrivalRate.Poisson(perSecond, seed: 1),
            WarmUp = TimeSpan.Zero,
            Duration = _duration,
        });
        var callers = new RudeCallers(host.Url);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var load = client.RunAsync(stop.Token);
        var calling = callers.RunAsync(stop.Token);
        try
        {
            var samples = await WatchAsync(host, client, callers, load, narrator, stop.Token);
            var result = await load;
            narrator.Report(result.ToString());
            return new Dictionary<string, double>
            {
                ["errors"] = result.Errors + callers.Unexpected,
                ["requests"] = result.Answered,
                ["per_s"] = result.PerSecond,
                ["left"] = callers.Left,
                ["expired"] = callers.Expired,
                ["p50_ms"] = result.Latency.Percentile(0.5).TotalMilliseconds,
                ["p99_ms"] = result.Latency.Percentile(0.99).TotalMilliseconds,
                ["rss_growth"] = HostSample.Growth(samples, sample => sample.ResidentBytes),
                ["heap_growth"] = HostSample.Growth(samples, sample => sample.HeapBytes),
                ["handles_growth"] = HostSample.Growth(samples, sample => sample.Handles),
                ["threads_growth"] = HostSample.Growth(samples, sample => sample.Threads),
            };
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(load, calling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks at the host until the load ends.</summary>
    private static async Task<IReadOnlyList<HostSample>> WatchAsync(
        ServedProcess host, LoadClient client, RudeCallers callers, Task load, Narrator narrator, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var samples = new List<HostSample>();
        var watch = Stopwatch.StartNew();
        var reportAt = ReportEvery;
        while (!load.IsCompleted)
        {
            await Task.WhenAny(load, Task.Delay(SampleEvery, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            var sample = await HostSample.TakeAsync(watch.Elapsed, host.Process.Id, http, host.Url, cancellationToken);
            samples.Add(sample);
            if (watch.Elapsed >= reportAt)
            {
                reportAt += ReportEvery;
                narrator.Report(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{client.Answered} answered, {client.Errors + callers.Unexpected} errors, {callers.Left} left, {callers.Expired} expired; {sample.ResidentBytes / (1 << 20):0} MiB resident, {sample.HeapBytes / (1 << 20):0.0} MiB managed, {sample.Handles} handles, {sample.Threads} threads"));
            }
        }

        return samples;
    }
}
