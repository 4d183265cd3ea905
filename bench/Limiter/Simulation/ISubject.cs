namespace Hybrid.LimiterSimulation;

/// <summary>A limiter as the simulation sees it.</summary>
public interface ISubject
{
    /// <summary>Whether latency keeps requests out at this moment, all or most of them.</summary>
    bool IsTripped { get; }

    /// <summary>Whether the request may go to the server.</summary>
    /// <param name="ticket">The request, until it is completed; small numbers that are used again.</param>
    bool TryAdmit(int ticket);

    void Complete(int ticket, TimeSpan latency);
}
