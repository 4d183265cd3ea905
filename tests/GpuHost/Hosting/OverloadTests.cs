using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Hosting;

/// <summary>Alone on the machine as far as these tests go: it compares rates.</summary>
[CollectionDefinition(nameof(OverloadTests), DisableParallelization = true)]
public sealed class OverloadCollection;

/// <summary>A real host over real sockets, with five times the requests that its model can do.</summary>
[Collection(nameof(OverloadTests))]
public sealed class OverloadTests(ITestOutputHelper output) : IDisposable
{
    // 400 products of two such matrices take some 10 ms of one core: short enough for many in a second, and long enough that the
    // thousands of rejections, which share the machine with the model, take little beside it.
    private const int Size = 110;

    /// <summary>What a caller waits for.</summary>
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Overload = TimeSpan.FromSeconds(30);

    private readonly TestFolder _repository = new();

    [Fact]
    public async Task Host_AtFiveTimesItsCapacity_KeepsItsGoodputAndItsLatency()
    {
        Graphs.WriteSlow(_repository.Path, "slow");
        await using var host = await TestHost.ServeAsync(
            _repository.Path, new("Execution:IntraOpThreads", "1"), new("Admission:Adaptive:LatencyFloor", (Target / 2).ToString()));
        var body = Wire.Encode(new InferRequest("slow", 0, [Tensor.Of("x", TensorType.Fp32, [Size, Size], new float[Size * Size])], []));
        await SaturateAsync(host, body, TimeSpan.FromSeconds(2));

        // A rate is compared with the capacity before and after: when those two differ, something else used the machine meanwhile, and
        // the comparison says nothing about the host. Then it is made again.
        double before, after;
        Load load;
        var tries = 0;
        do
        {
            before = await SaturateAsync(host, body, TimeSpan.FromSeconds(5));
            load = await OverloadAsync(host, body, 5 * before);
            after = await SaturateAsync(host, body, TimeSpan.FromSeconds(5));
        }
        while (Math.Max(before, after) > 1.3 * Math.Min(before, after) && ++tries < 3);

        Assert.SkipWhen(tries == 3, $"The machine was never steady: capacity {before:0}/s before, {after:0}/s after.");

        TimeSpan[] accepted = [.. load.Accepted.Order()];
        var p95 = accepted[(int)(accepted.Length * 0.95)];
        var goodput = accepted.Count(latency => latency <= Target) / Overload.TotalSeconds;

        // The machine may be slower in one half minute than in the next; what it could do meanwhile lies between.
        var capacity = Math.Min(before, after);
        output.WriteLine(
            $"capacity {before:0}/s before, {after:0}/s after; offered {load.Offered / Overload.TotalSeconds:0}/s, goodput {goodput:0}/s = {goodput / capacity:P0}; accepted p95 {p95.TotalMilliseconds:0} ms; rejected {string.Join(", ", load.Rejected)}");
        Assert.InRange(load.Offered / Overload.TotalSeconds, 4 * before, 6 * before);
        Assert.True(goodput >= 0.85 * capacity, $"goodput {goodput:0}/s of {capacity:0}/s");
        Assert.True(p95 <= Target, $"p95 {p95}");
        Assert.Equal(["concurrency"], load.Rejected.Keys);
    }

    public void Dispose() => _repository.Dispose();

    /// <summary>Answers per second to four clients who ask one after another: enough to keep one lane busy.</summary>
    private static async Task<double> SaturateAsync(TestHost host, byte[] body, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        var answered = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var count = 0;
            for (; watch.Elapsed < time; count++)
            {
                using var response = await host.SendAsync(TaskRoutes.Infer, body);
                response.EnsureSuccessStatusCode();
            }

            return count;
        }));
        return answered.Sum() / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Requests that come at a fixed rate, whatever becomes of those before.</summary>
    private static async Task<Load> OverloadAsync(TestHost host, byte[] body, double perSecond)
    {
        var load = new Load();
        var requests = new List<Task>();
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (watch.Elapsed < Overload && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            for (; load.Offered < watch.Elapsed.TotalSeconds * perSecond; load.Offered++)
            {
                requests.Add(RequestAsync());
            }
        }

        await Task.WhenAll(requests);
        return load;

        async Task RequestAsync()
        {
            var begin = Stopwatch.GetTimestamp();
            using var response = await host.SendAsync(TaskRoutes.Infer, body);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                load.Accepted.Add(Stopwatch.GetElapsedTime(begin));
            }
            else
            {
                load.Rejected.AddOrUpdate(response.Headers.GetValues(HybridHeaders.DropReason).Single(), 1, (_, count) => count + 1);
            }
        }
    }

    private sealed class Load
    {
        public int Offered { get; set; }

        public ConcurrentBag<TimeSpan> Accepted { get; } = [];

        public ConcurrentDictionary<string, int> Rejected { get; } = new();
    }
}
