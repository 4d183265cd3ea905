using System.Diagnostics.Metrics;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Dispatch.Hedging;
using Hybrid.Orchestrations.Telemetry;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>What the pool did. Labels hold hosts as they are configured, and names from our own enumerations.</summary>
internal sealed class DispatchMetrics
{
    private const string Prefix = "hybrid.dispatch.";

    private readonly Counter<long> _attempts;
    private readonly Counter<long> _hedges;

    public DispatchMetrics(IMeterFactory meters, PoolState pool)
    {
        var meter = meters.Create(RunMetrics.MeterName);
        _attempts = meter.CreateCounter<long>(Prefix + "attempts", "{attempt}", "Tries of calls on hosts, by their end: ok, an error's code, outrun or lost.");
        _hedges = meter.CreateCounter<long>(Prefix + "hedges", "{hedge}", "Second tries beside a slow first one: won, lost, or denied by the budget.");
        PerHost("in_flight", "{attempt}", "Tries that have not ended.", host => host.InFlight);
        PerHost("load", "{request}", "What the choice between hosts goes by: our tries and what others have there.", host => host.Load);
        PerHost("breaker.state", null, "0 closed, 1 open, 2 half-open.", host => (int)host.Breaker.State);
        PerHost("host.ready", null, "1: the host's last sign of readiness was a good one.", host => host.IsReady ? 1 : 0);
        meter.CreateObservableGauge(Prefix + "hosts.ready", () => pool.Snapshot.Ready.Length, "{host}", "Hosts that get their share of the calls.");

        void PerHost(string name, string? unit, string description, Func<GpuHost, int> valueOf) => meter.CreateObservableGauge(
            Prefix + name, () => pool.Hosts.Select(host => new Measurement<int>(valueOf(host), Label(host))), unit, description);
    }

    public void AttemptEnded(GpuHost host, HostSign sign, ErrorCode? error) => _attempts.Add(1, Label(host), new("outcome", sign.FailureOf(error) ?? "ok"));

    public void HedgeEnded(HedgeEnd end) => _hedges.Add(1, new KeyValuePair<string, object?>("outcome", end switch
    {
        HedgeEnd.Won => "won",
        HedgeEnd.Lost => "lost",
        _ => "denied",
    }));

    private static KeyValuePair<string, object?> Label(GpuHost host) => new("host", host.Address.Authority);
}
