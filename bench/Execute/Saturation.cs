using System.Diagnostics;
using System.Globalization;
using Hybrid.Bench.Execute.Contenders;
using Hybrid.Load;
using Hybrid.Stack;

namespace Hybrid.Bench.Execute;

/// <summary>How much a contender answers when it is never left without work.</summary>
internal static class Saturation
{
    // With fewer connections than these a reply that lies there leaves the server without work.
    private const int ManyConnections = 16;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(0.5);

    /// <summary>The number of connections at which it answers most.</summary>
    public static async Task<int> BestConnectionsAsync(
        IContender contender, IReadOnlyList<PreparedRequest> requests, TimeSpan time, Narrator narrator, CancellationToken cancellationToken)
    {
        var best = (Connections: 0, Rate: 0.0);
        var tried = new List<string>();
        foreach (var connections in contender.Connections)
        {
            var run = await MeasureAsync(contender, requests, connections, time, cancellationToken);
            tried.Add(string.Create(CultureInfo.InvariantCulture, $"{connections}: {run.Load.PerSecond:0}/s{(run.Load.Errors > 0 ? $" and {run.Load.Errors} errors" : "")}"));
            // With errors it does not hold what it promises.
            if (run.Load.Errors == 0 && run.Load.PerSecond > best.Rate)
            {
                best = (connections, run.Load.PerSecond);
            }
        }

        narrator.Report($"{contender.Name} by connections: {string.Join(", ", tried)}");
        return best.Connections > 0 ? best.Connections : throw new InvalidOperationException($"{contender.Name} gives errors with any number of connections.");
    }

    public static async Task<SaturatedRun> MeasureAsync(
        IContender contender, IReadOnlyList<PreparedRequest> requests, int connections, TimeSpan time, CancellationToken cancellationToken)
    {
        var plan = new LoadPlan(contender.Url, requests) { Connections = connections, Rest = connections >= ManyConnections ? Rest : TimeSpan.Zero, WarmUp = WarmUp, Duration = time };
        var before = CpuTimes.Of(contender.ProcessId);
        var watch = Stopwatch.StartNew();
        var load = await LoadClient.RunAsync(plan, cancellationToken);
        return new SaturatedRun(load, CpuTimes.Of(contender.ProcessId).Since(before), watch.Elapsed);
    }
}

/// <summary>One measurement.</summary>
/// <param name="Load">What the client saw.</param>
/// <param name="Server">What the server used, warm-up and end included.</param>
/// <param name="Elapsed">Over this time.</param>
internal sealed record SaturatedRun(LoadResult Load, CpuTimes Server, TimeSpan Elapsed)
{
    public string CpuText => string.Create(
        CultureInfo.InvariantCulture, $"server {Server.ToText(Elapsed)}; client {Load.ClientCpu / Elapsed:0.00} cores, {Load.ClientCpu.TotalMicroseconds / Math.Max(1, Load.Sent):0} µs a request");
}
