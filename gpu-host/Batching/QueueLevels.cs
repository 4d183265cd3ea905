using System.Globalization;
using Hybrid.Contracts.Errors;

namespace Hybrid.GpuHost.Batching;

/// <summary>The priority levels of one queue.</summary>
internal sealed class QueueLevels(BatchingSettings settings, DrainRate drain)
{
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(60);

    private readonly QueueLevel[] _levels = [.. settings.Levels.Select((policy, i) => new QueueLevel(i + 1, policy))];

    /// <summary>Items that wait or run.</summary>
    public int Taken => TakenUpTo(_levels.Length);

    /// <param name="priority">What a request asks for; 0, or a level that there is not: the default.</param>
    public QueueLevel Of(int priority) => _levels[(priority >= 1 && priority <= _levels.Length ? priority : settings.DefaultLevel) - 1];

    /// <summary>That there is no room for these items, and when there may be: when the work of their level and of those above is done.</summary>
    public HybridException Full(QueueLevel level, int items)
    {
        var wait = drain.TimeFor(items + TakenUpTo(level.Number)) ?? ShortestRetry;
        var seconds = Math.Clamp(Math.Ceiling(wait.TotalSeconds), ShortestRetry.TotalSeconds, LongestRetry.TotalSeconds);
        var which = _levels.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" at priority {level.Number}");
        return new HybridException(new Error(
            ErrorCode.Overloaded,
            string.Create(CultureInfo.InvariantCulture, $"The queue of this model is full{which} ({level.Policy.MaxQueueSize} items)."),
            RetryAfter: TimeSpan.FromSeconds(seconds)));
    }

    private int TakenUpTo(int level)
    {
        var taken = 0;
        foreach (var other in _levels.AsSpan(0, level))
        {
            taken += other.Taken;
        }

        return taken;
    }
}
