using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Dispatch.Hedging;

/// <summary>
/// When a second try of a slow call begins beside the first, and whether one may: after the 95th percentile of its route and
/// model, as in "The Tail at Scale" (Dean and Barroso, 2013), and within a budget.
/// </summary>
internal sealed class Hedges(IOptions<GpuPoolOptions> options, DispatchMetrics metrics, TimeProvider time)
{
    private readonly TimeSpan _floor = options.Value.HedgeFloor;
    private readonly RouteLatencies _latencies = new(time);
    private readonly HedgeBudget _budget = new(options.Value.HedgeShare);

    /// <summary>A call brings its share of a hedge to the budget, once however often it is tried.</summary>
    public void CallBegins() => _budget.Deposit();

    /// <summary>How long to wait for a try before a second one begins beside it; null: however long it takes.</summary>
    public TimeSpan? DelayOf(PoolTask task, string model) =>
        task.IsHedged && _latencies.P95(task.Route, model) is { } p95 ? TimeSpan.FromTicks(Math.Max(p95.Ticks, _floor.Ticks)) : null;

    /// <summary>Takes a hedge out of the budget.</summary>
    public bool TryBegin()
    {
        var may = _budget.TryTake();
        if (!may)
        {
            metrics.HedgeEnded(HedgeEnd.Denied);
        }

        return may;
    }

    public void Ended(bool won) => metrics.HedgeEnded(won ? HedgeEnd.Won : HedgeEnd.Lost);

    /// <summary>A call was answered, by whichever try, this long after its first one began.</summary>
    /// <remarks>The call's time, not the winner's own: so as many calls stay beyond the percentile as are hedged, and it does not sink by its own effect.</remarks>
    public void Answered(PoolTask task, string model, TimeSpan duration) => _latencies.Record(task.Route, model, duration);

    /// <summary>A host said that it has too much work.</summary>
    public void Overloaded() => _budget.Empty();
}
