using System.Diagnostics;
using Hybrid.Contracts.Errors;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>
/// One try of one call on one host: the only place where a try begins and ends, so that every one is counted once, and what
/// it shows about its host is noted once.
/// </summary>
internal sealed class Attempt : IDisposable
{
    private readonly PoolState _pool;
    private readonly DispatchMetrics _metrics;
    private readonly HostPick _pick;
    private readonly CancellationToken _call;
    private readonly CancellationToken _abandoned;
    private readonly CancellationTokenSource _source;
    private bool _ended;

    /// <param name="pool">Learns how it ends.</param>
    /// <param name="metrics">Count it.</param>
    /// <param name="pick">Whose turn it is.</param>
    /// <param name="call">Ends with the call.</param>
    /// <param name="outrun">Ends when another attempt of the call has answered; none where there is no other.</param>
    public Attempt(PoolState pool, DispatchMetrics metrics, HostPick pick, CancellationToken call, CancellationToken outrun = default)
    {
        _pool = pool;
        _metrics = metrics;
        _pick = pick;
        _call = call;
        _abandoned = pick.Host.Abandoned;
        _source = outrun.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(call, _abandoned, outrun)
            : CancellationTokenSource.CreateLinkedTokenSource(call, _abandoned);
        pick.Host.Begin();
    }

    public GpuHost Host => _pick.Host;

    /// <summary>The attempt's, of <see cref="DispatchSpans"/>; null when nobody listens. Ends with the attempt.</summary>
    public Activity? Span { get; init; }

    /// <summary>Ends with the call, when the attempt was outrun, or when its host has fallen silent while others are ready.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The answer began: whatever comes of it, the host works. The attempt has not ended.</summary>
    public void Began() => _pool.Ended(_pick, HostSign.Works);

    /// <summary>The attempt ended with an answer or a failure.</summary>
    public Outcome<TReply> End<TReply>(Outcome<TReply> outcome)
        where TReply : class
    {
        End(outcome.Sign, outcome.Error?.Code);
        return outcome;
    }

    /// <summary>
    /// The attempt ended with a cancellation that is not the call's own: it was outrun, its host was given up, or the
    /// connection did not open in time.
    /// </summary>
    public Outcome<TReply> EndCancelled<TReply>()
        where TReply : class
    {
        var sign = _abandoned.IsCancellationRequested ? HostSign.Lost : Token.IsCancellationRequested ? HostSign.Outrun : HostSign.Unreachable;
        return End<TReply>((new Error(ErrorCode.Unavailable, "A GPU host did not answer."), sign));
    }

    /// <summary>Ends the attempt, if nobody has yet, as one that shows nothing about its host.</summary>
    public void Dispose()
    {
        End(HostSign.None, _call.IsCancellationRequested ? ErrorCode.Cancelled : ErrorCode.Internal);
        _source.Dispose();
    }

    /// <summary>Ends the attempt; only the first end counts.</summary>
    /// <param name="sign">What it showed about its host.</param>
    /// <param name="error">Why there is no answer; null: there is one.</param>
    public void End(HostSign sign, ErrorCode? error)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        Host.End();
        _pool.Ended(_pick, sign);
        _metrics.AttemptEnded(Host, sign, error);
        if (Span is { } span)
        {
            DispatchSpans.End(span, sign, error);
        }
    }
}
