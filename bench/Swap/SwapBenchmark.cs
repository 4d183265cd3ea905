using System.Diagnostics;
using System.Globalization;
using Hybrid.Bench.Execute.Contenders;
using Hybrid.Stack;

namespace Hybrid.Bench.Swap;

/// <summary>
/// A version changes under full load, again and again:
/// <list type="number">
/// <item>what a further instance takes of memory, and how long weights take that are copied under a lock;</item>
/// <item>what each version answers, asked alone;</item>
/// <item>callers without a pause, and swap after swap; before every fifth a calm stretch as long as a swap, so that both meet the same machine.</item>
/// </list>
/// A swap's window is from the moment at which the source changed until a second after the new version's first answer, when the old one is unloaded.
/// </summary>
internal sealed class SwapBenchmark : IBenchmark
{
    /// <summary>Two batches of 16 on the device, and as much again waiting.</summary>
    private const int Connections = 64;

    private const string Host = "host";
    private const string PublishTime = "hybrid_host_models_publish_duration_seconds";
    private const int CalmEvery = 5;
    private const int MemorySamples = 5;

    // Some seconds, as Prometheus does: the series of a version that is gone are kept until they have been told once.
    private const int ScrapeEvery = 5;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstCalm = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSwap = TimeSpan.FromMinutes(3);

    private int _swaps;

    public string Name => "swap";

    public string Summary => "bench-embed changes its version under saturating load: failures, wrong numbers, p99, memory [--swaps 100]";

    /// <summary>Memory is compared after so many and after all: by then everything was there once.</summary>
    private int EarlySwaps => Math.Max(2, _swaps / 10);

    public void Configure(BenchOptions options) => _swaps = (int)options.Number("swaps", 100);

    public async Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var narrator = new Narrator(output);
        narrator.Print("expected: no failed and no mixed reply; p99 at most 1.5 times, since a load is one thread of low priority; a publication takes 5 µs, a copy of 86 MB 20 ms; a further instance some MB");
        var versions = await SwapVersions.WriteAsync(folder.Models, folder.Path, narrator, cancellationToken);

        // 1
        var instance = await InstanceMemory.OfFurtherAsync(folder.Options, Host, folder.Models, narrator, cancellationToken);
        var copy = CopyUnderLock.MedianMicroseconds(versions.WeightBytes);
        narrator.Report(string.Create(CultureInfo.InvariantCulture, $"a further instance takes {instance / 1e6:0.0} MB; {versions.WeightBytes / 1e6:0} MB are copied under a lock in {copy / 1000:0.0} ms"));

        // 2
        await using var host = await HybridHost.StartAsync(
            folder.Options, Host, folder.Models, narrator, cancellationToken, new KeyValuePair<string, string>("Models__PollInterval", "00:00:00.25"));
        using var callers = new SwapCallers(host.Url, Connections);
        await callers.LearnAsync(versions.Highest, LongestSwap, cancellationToken);
        await callers.LearnAsync(versions.Swap(), LongestSwap, cancellationToken);

        // 3: what was published so far compiled the code that publishes.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var (storesBefore, snapshotsBefore) = (await StepAsync("store"), await StepAsync("snapshot"));
        var run = await SwapAsync(host, http, versions, callers, narrator, cancellationToken);
        var store = HostMetrics.Percentile(storesBefore, await StepAsync("store"), 0.99) * 1e6;
        var snapshot = HostMetrics.Percentile(snapshotsBefore, await StepAsync("snapshot"), 0.99) * 1e6;
        var (calm, swapping) = (run.Calm.Latencies(run.Requests).Percentile(0.99), run.Swaps.Latencies(run.Requests).Percentile(0.99));
        return new Dictionary<string, double>
        {
            ["swaps"] = run.Swaps.Count,
            ["swap_s"] = run.Swaps.Mean.TotalSeconds,
            ["requests"] = run.Requests.Count + callers.Failed,
            ["failed"] = callers.Failed,
            ["mixed"] = callers.Mixed,
            ["calm_p99_ms"] = calm.TotalMilliseconds,
            ["swap_p99_ms"] = swapping.TotalMilliseconds,
            ["p99_ratio"] = swapping / calm,
            ["publish_us_p99"] = store,
            ["snapshot_us_p99"] = snapshot,
            ["copy_lock_us"] = copy,
            ["vs_copy_lock"] = copy / store,
            ["rss_mb"] = run.ResidentAtEnd / 1e6,
            ["rss_ratio"] = run.ResidentAtEnd / run.ResidentEarly,
            ["second_instance_mb"] = instance / 1e6,
        };

        Task<IReadOnlyList<(double Bound, double Count)>> StepAsync(string step) =>
            HostMetrics.BucketsAsync(http, host.Url, PublishTime, $"step=\"{step}\"", cancellationToken);
    }

    private async Task<SwapRun> SwapAsync(HybridHost host, HttpClient http, SwapVersions versions, SwapCallers callers, Narrator narrator, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var calling = callers.RunAsync(stop.Token);
        var (calm, swaps) = (new TimeWindows(), new TimeWindows());
        var (early, resident) = (0.0, 0.0);
        try
        {
            await Task.Delay(WarmUp, cancellationToken);
            for (var swap = 1; swap <= _swaps; swap++)
            {
                if (swap % CalmEvery == 1)
                {
                    var quiet = Stopwatch.GetTimestamp();
                    await Task.Delay(swaps.Count == 0 ? FirstCalm : swaps.Mean, cancellationToken);
                    calm.EndNow(quiet);
                }

                var begin = Stopwatch.GetTimestamp();
                var version = versions.Swap();
                await callers.WaitForAsync(version, LongestSwap, cancellationToken);
                var answered = Stopwatch.GetElapsedTime(begin);
                await Task.Delay(Settle, cancellationToken);
                swaps.EndNow(begin);
                if (swap % ScrapeEvery == 0)
                {
                    await http.GetStringAsync(new Uri(host.Url, "/metrics"), cancellationToken);
                }

                if (swap == EarlySwaps || swap == _swaps || swap % 10 == 0)
                {
                    resident = await ResidentAsync(host.ProcessId, cancellationToken);
                    early = swap == EarlySwaps ? resident : early;
                    narrator.Report(string.Create(
                        CultureInfo.InvariantCulture,
                        $"swap {swap}: version {version} answers after {answered.TotalSeconds:0.00} s; {callers.Failed} failed{(callers.FirstFailure is { } why ? $" ({why})" : "")}, {callers.Mixed} mixed, {resident / 1e6:0} MB resident"));
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
        }

        return new SwapRun(await calling, calm, swaps, early, resident);
    }

    // The collector gives and takes some MB at any moment.
    private static async Task<double> ResidentAsync(int processId, CancellationToken cancellationToken)
    {
        var samples = new List<double>();
        for (var i = 0; i < MemorySamples; i++)
        {
            samples.Add(ProcessMemory.Resident(processId));
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }

        return Measure.Median(samples);
    }

    /// <summary>What came out.</summary>
    /// <param name="Requests">All that were answered.</param>
    /// <param name="Calm">Without swaps.</param>
    /// <param name="Swaps">One window for each.</param>
    /// <param name="ResidentEarly">Bytes after a tenth of the swaps.</param>
    /// <param name="ResidentAtEnd">Bytes after the last.</param>
    private sealed record SwapRun(IReadOnlyList<AnsweredRequest> Requests, TimeWindows Calm, TimeWindows Swaps, double ResidentEarly, double ResidentAtEnd);
}
