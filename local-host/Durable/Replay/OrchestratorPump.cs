using System.Collections.Concurrent;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>
/// The one thread of an orchestrator: continuations run here one after another, on the thread that drives the turn, so that
/// the same history always gives the same order. What arrives after the turn's end is never run; the next turn replays it.
/// </summary>
/// <param name="lateContinuation">Called for each continuation that arrives too late: the code awaited something that is not durable.</param>
internal sealed class OrchestratorPump(Action lateContinuation) : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _continuations = new();
    private volatile int _thread;
    private volatile bool _isClosed;

    /// <summary>Whether the caller runs inside <see cref="Run"/>: false for a continuation that left for another thread.</summary>
    public bool IsInside => _thread == Environment.CurrentManagedThreadId;

    /// <summary>Runs <paramref name="action"/> and every continuation that follows from it, until none is left.</summary>
    public void Run(Action action)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            action();
            while (_continuations.TryDequeue(out var next))
                next.Callback(next.State);
        }
        finally
        {
            _thread = 0;
            SetSynchronizationContext(outer);
        }
    }

    /// <summary>Ends the turn.</summary>
    public void Close() => _isClosed = true;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (_isClosed)
            lateContinuation();
        else
            _continuations.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!IsInside)
            throw new InvalidOperationException("An orchestrator's context cannot be entered from another thread.");
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
