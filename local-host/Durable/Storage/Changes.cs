namespace Hybrid.LocalHost.Durable.Storage;

/// <summary>What commits made possible; the engine hears of it once it is on disk.</summary>
internal sealed class Changes
{
    /// <summary>Instances with messages to take.</summary>
    public HashSet<string> Ready { get; } = [];

    /// <summary>Instances with a message that is due later (UTC).</summary>
    public List<(string InstanceId, DateTime DueAt)> Due { get; } = [];

    /// <summary>Activities to run.</summary>
    public List<long> Activities { get; } = [];

    /// <summary>Instances whose status changed, or that are gone.</summary>
    public HashSet<string> StatusChanged { get; } = [];

    /// <summary>Instances whose running activities are no longer wanted.</summary>
    public HashSet<string> Stopped { get; } = [];

    public void Add(Changes other)
    {
        Ready.UnionWith(other.Ready);
        Due.AddRange(other.Due);
        Activities.AddRange(other.Activities);
        StatusChanged.UnionWith(other.StatusChanged);
        Stopped.UnionWith(other.Stopped);
    }
}
