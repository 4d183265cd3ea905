namespace Hybrid.Orchestrations.Budgets;

/// <summary>
/// The time of one run: an absolute deadline, and what stages may take of what is left. It holds no state: time that a
/// stage does not use is there for the next one, because every grant is cut from what is left when it is asked for.
/// In an orchestrator the time is <c>context.CurrentUtcDateTime</c>, so that a replay grants the same.
/// </summary>
/// <param name="Deadline">When the run must have ended.</param>
/// <param name="Shares">The rule of the stages' shares.</param>
public readonly record struct StageBudget(DateTimeOffset Deadline, StageShares Shares)
{
    public static StageBudget Start(DateTimeOffset now, TimeSpan total, StageShares shares) => new(now + total, shares);

    /// <summary>What is left until the deadline; never negative.</summary>
    public TimeSpan Left(DateTimeOffset now) => Deadline > now ? Deadline - now : TimeSpan.Zero;

    /// <summary>
    /// The time of stage <paramref name="stage"/> (from 0): min(base × factor^stage, left − grace), in whole milliseconds
    /// as it goes over the wire. Zero: the stage must not start.
    /// </summary>
    public TimeSpan ForStage(int stage, DateTimeOffset now) => Grant(Shares.Of(stage), now);

    /// <summary>More time for a stage whose own ran out: as much of <paramref name="wanted"/> as is left before the grace. Zero: none.</summary>
    public TimeSpan More(TimeSpan wanted, DateTimeOffset now) => Grant(wanted, now);

    private TimeSpan Grant(TimeSpan wanted, DateTimeOffset now)
    {
        var available = Left(now) - Shares.Grace;
        var granted = wanted < available ? wanted : available;
        return granted > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Floor(granted.TotalMilliseconds)) : TimeSpan.Zero;
    }
}
