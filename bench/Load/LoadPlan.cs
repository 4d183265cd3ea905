namespace Hybrid.Load;

/// <summary>What a <see cref="LoadClient"/> does.</summary>
/// <param name="Server">Address and port, <c>http</c> only.</param>
/// <param name="Requests">Sent in turn, and again from the first.</param>
public sealed record LoadPlan(Uri Server, IReadOnlyList<PreparedRequest> Requests)
{
    /// <summary>How many connections are kept open. A request that is due while none is free waits for one, and that wait counts.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>
    /// When requests are due, whatever happens to those before (open loop): latency counts from that moment. Null: each connection asks
    /// again as soon as it was answered (closed loop), which finds out how much a server can do, not how long callers wait.
    /// </summary>
    public ArrivalRate? Arrivals { get; init; }

    /// <summary>
    /// How long the client leaves replies lying before it looks for more. Where a batch of them is sent one after the other, it is not woken for each, on
    /// the cores that it shares with the server; but latencies are as much too long. Default none.
    /// </summary>
    public TimeSpan Rest { get; init; }

    /// <summary>Not counted.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Counted, after the warm-up.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one answer may take from when it was sent; also how long the last ones are waited for.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
