namespace Hybrid.LimiterSimulation;

/// <summary>A limiter as the simulation sees it.</summary>
public interface ISubject
{
    /// <summary>Whether latency keeps requests out at this moment, all or most of them.</summary>
    bool IsTripped { get; }

    /// <summary>Whether the request may go to the server.</summary>
    /// <param name="ticket">The request, until it is completed; small numbers that are used again.</param>
    /// <param name="work">Its size, for those who ask.</param>
    bool TryAdmit(int ticket, double work);

    void Complete(int ticket, TimeSpan latency);
}
