namespace Hybrid.GpuHost.Models.Routing;

/// <summary>
/// One canary beside one stable version: spreads the requests between them, counts how they go, and ends with a finding. It owns no timer:
/// the canary's requests carry it forward.
/// </summary>
public sealed class CanaryTrial
{
    private readonly int _percent;
    private readonly TrafficSplit _split;
    private readonly RequestTally _toStable = new();
    private readonly RequestTally _toCanary;
    private readonly CanaryJudge _judge;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly Action<CanaryTrial, CanaryFinding> _decided;
    private readonly Lock _judging = new();
    private bool _over;

    internal CanaryTrial(
        LoadedModel stable, LoadedModel canary, int percent, CanaryJudge judge, TimeProvider time, Action<CanaryTrial, CanaryFinding> decided)
    {
        Stable = stable;
        Canary = canary;
        _percent = percent;
        _split = new TrafficSplit(percent);
        _toCanary = new RequestTally(Judge);
        _judge = judge;
        _time = time;
        _began = time.GetTimestamp();
        _decided = decided;
    }

    public LoadedModel Stable { get; }

    public LoadedModel Canary { get; }

    /// <summary>The canary's share of the requests, 0 to 1.</summary>
    public double Share => _percent / 100.0;

    public bool IsOf(LoadedModel stable, LoadedModel canary, int percent) => stable == Stable && canary == Canary && percent == _percent;

    internal RoutedModel Next() => _split.Next() ? new RoutedModel(Canary, _toCanary) : new RoutedModel(Stable, _toStable);

    // One thread judges; what the others bring meanwhile is judged with the next request.
    private void Judge()
    {
        if (!_judging.TryEnter())
        {
            return;
        }

        try
        {
            if (!_over && _judge.Judge(_toStable, _toCanary, _time.GetElapsedTime(_began)) is { } finding)
            {
                _over = true;
                _decided(this, finding);
            }
        }
        finally
        {
            _judging.Exit();
        }
    }
}
