using System.Globalization;
using Hybrid.EndToEnd.Tests.Loads;
using Hybrid.EndToEnd.Tests.Stacks;
using Hybrid.Stack.Calls;
using Hybrid.Testing.Metrics;

namespace Hybrid.EndToEnd.Tests;

/// <summary>Three GPU hosts under steady load; of two at once one is killed and one is frozen with its connections open.</summary>
public sealed class HostFaultTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Hosts_OneKilledAndOneFrozenUnderLoad_NoClientSeesItAndBothAreUsedAgain()
    {
        using var folder = new TestFolder();
        using var limit = new CancellationTokenSource(Patience);
        await using var stack = await LocalStack.StartAsync(folder.Options with { GpuHosts = 3 }, new Narrator(Console.Error), limit.Token);
        using var api = new ApiCalls(stack.LocalHost.Url, stack.ApiKey);
        var load = new SteadyLoad(api);
        await load.SaturateAsync(8, TimeSpan.FromSeconds(6), limit.Token);
        var rate = 0.4 * await load.SaturateAsync(4, TimeSpan.FromSeconds(4), limit.Token);
        P99("warm-up", await load.RunAsync(rate, Window, limit.Token));

        bool wasSteady = false, isGood = false;
        var verdicts = new List<string>();
        for (var round = 0; round < 3 && !isGood; round++)
        {
            var before = P99("before", await load.RunAsync(rate, Window, limit.Token));
            var running = load.RunAsync(rate, Window, limit.Token);
            await Task.Delay(TimeSpan.FromSeconds(1), limit.Token);
            await stack.GpuHosts[1].Process.KillAsync();
            stack.GpuHosts[2].Process.Pause();
            var fault = P99("while one is dead and one frozen", await running);

            // Both come back under load, and get their share of it.
            var (killed, frozen) = (await AnsweredAsync(stack, 1, limit.Token), await AnsweredAsync(stack, 2, limit.Token));
            stack.GpuHosts[2].Process.Resume();
            running = load.RunAsync(rate, Window, limit.Token);
            await stack.GpuHosts[1].StartAsync(limit.Token);
            P99("while both return", await running);
            var after = P99("after", await load.RunAsync(rate, Window, limit.Token));
            output.WriteLine(await AttemptsAsync(stack, limit.Token));

            Assert.Empty(load.Failures);
            Assert.True(await AnsweredAsync(stack, 1, limit.Token) > killed + 20, "The host that was killed is not used again.");
            Assert.True(await AnsweredAsync(stack, 2, limit.Token) > frozen + 20, "The host that was frozen is not used again.");

            // Two healthy times that differ so much say that something else used the machine, and a comparison says nothing about the pool.
            // Noise can also fall into the fault alone, which no healthy time shows: hence more than one round.
            var isSteady = Ratio(before, after) <= 1.5;
            wasSteady |= isSteady;
            isGood = isSteady && fault <= 2 * before;
            verdicts.Add(string.Create(CultureInfo.InvariantCulture, $"p99 {before.TotalMilliseconds:0.0} ms before, {fault.TotalMilliseconds:0.0} in the fault, {after.TotalMilliseconds:0.0} after"));
        }

        Assert.SkipWhen(!wasSteady, $"The machine was never steady: {string.Join("; ", verdicts)}");
        Assert.True(isGood, string.Join("; ", verdicts));

        TimeSpan P99(string when, TimeSpan[] latencies)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{when}: {latencies.Length} requests at {rate:0}/s, ms: p50 {Percentile(50):0.0}, p95 {Percentile(95):0.0}, p99 {Percentile(99):0.0}, most {Percentile(100):0.0}"));
            return TimeSpan.FromMilliseconds(Percentile(99));

            double Percentile(int percent) => latencies[(latencies.Length - 1) * percent / 100].TotalMilliseconds;
        }
    }

    private static double Ratio(TimeSpan a, TimeSpan b) => a > b ? a / b : b / a;

    /// <summary>Attempts that a host has answered, as the API's own metrics have it.</summary>
    private static async Task<double> AnsweredAsync(LocalStack stack, int host, CancellationToken cancellation) =>
        (await MetricsAsync(stack, cancellation)).Sum("hybrid_dispatch_attempts_total", ("host", stack.GpuHosts[host].Url.Authority), ("outcome", "ok"));

    /// <summary>How the attempts and hedges so far ended.</summary>
    private static async Task<string> AttemptsAsync(LocalStack stack, CancellationToken cancellation) => string.Join(", ",
        (await MetricsAsync(stack, cancellation)).Series
            .Where(series => series.Name is "hybrid_dispatch_attempts_total" or "hybrid_dispatch_hedges_total")
            .Select(series => $"{series.Name[16..^6]} {series["host"]} {series["outcome"]} {series.Value}"));

    private static async Task<MetricsText> MetricsAsync(LocalStack stack, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        return MetricsText.Parse(await http.GetStringAsync(new Uri(stack.LocalHost.Url, "/metrics"), cancellation));
    }
}
