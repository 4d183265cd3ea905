using Hybrid.LimiterSimulation;
using Hybrid.Orchestrations.Dispatch;
using PoolHost = Hybrid.Orchestrations.Dispatch.GpuHost;

namespace Hybrid.Bench.Dispatch;

/// <summary>A host that works on one attempt after the other, and drops what nobody waits for any more.</summary>
internal sealed class SimulatedHost(int number, double slowness, SimulatedClock clock, Timeline timeline, SeededRandom dice)
{
    private readonly LinkedList<SimulatedAttempt> _waiting = new();
    private SimulatedAttempt? _running;

    /// <summary>What the pool's choice goes by.</summary>
    public PoolHost Host { get; } = new(new Uri($"http://host-{number}"), new HostBreaker(new GpuPoolOptions(), clock), clock);

    public void Begin(SimulatedAttempt attempt)
    {
        Host.Begin();
        _waiting.AddLast(attempt);
        TakeNext();
    }

    /// <summary>The attempt was outrun.</summary>
    public void CallOff(SimulatedAttempt attempt)
    {
        Host.Note(HostSign.Outrun);
        Leave(attempt);
    }

    private void End(SimulatedAttempt attempt)
    {
        if (_running == attempt)
        {
            Host.Note(HostSign.Works);
            Leave(attempt);
            attempt.Answered();
        }
    }

    private void Leave(SimulatedAttempt attempt)
    {
        Host.End();
        _waiting.Remove(attempt);
        _running = _running == attempt ? null : _running;
        TakeNext();
    }

    private void TakeNext()
    {
        if (_running is null && _waiting.First is { } next)
        {
            _waiting.RemoveFirst();
            _running = next.Value;

            // 10 ms with some spread; one in a hundred is held up to ten times that.
            var milliseconds = 10 * slowness * Math.Exp(0.3 * dice.NextNormal()) * (dice.NextUnit() < 0.01 ? 10 : 1);
            timeline.After(TimeSpan.FromMilliseconds(milliseconds), () => End(next.Value));
        }
    }
}

/// <summary>A try of a call on one host.</summary>
internal sealed class SimulatedAttempt(Action answered)
{
    public void Answered() => answered();
}
