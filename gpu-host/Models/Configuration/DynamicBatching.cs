using System.Globalization;
using Hybrid.GpuHost.Batching;

namespace Hybrid.GpuHost.Models.Configuration;

/// <summary>Reads <c>dynamic_batching</c>. What it leaves open is as the host has it.</summary>
internal sealed class DynamicBatching(BatchingOptions host, ConfigurationFaults faults)
{
    /// <param name="message">Null: the file has none.</param>
    /// <param name="maxBatchSize">The model's.</param>
    public BatchingSettings Read(MessageReader? message, int maxBatchSize)
    {
        var hosts = host.ToSettings();
        var settings = hosts with { MaxBatchSize = maxBatchSize, PreferredBatchSizes = [.. hosts.PreferredBatchSizes.Where(size => size <= maxBatchSize)] };
        if (message is null)
        {
            return settings;
        }

        var preferred = message.Numbers("preferred_batch_size", 1, BatchingOptions.LargestBatch);
        foreach (var (size, line) in preferred.Where(size => size.Value > maxBatchSize))
        {
            faults.Add(line, string.Create(CultureInfo.InvariantCulture, $"preferred_batch_size {size} is over the model's max_batch_size {maxBatchSize}; raise that, or remove the size."));
        }

        var delay = message.Number("max_queue_delay_microseconds", 0, BatchingOptions.LongestDelay);
        var (levels, defaultLevel) = ReadLevels(message, settings);
        return settings with
        {
            PreferredBatchSizes = preferred.Count > 0 ? [.. preferred.Select(size => (int)size.Value).Distinct().Order()] : settings.PreferredBatchSizes,
            MaxQueueDelayMicroseconds = (int?)delay ?? settings.MaxQueueDelayMicroseconds,
            Levels = levels,
            DefaultLevel = defaultLevel,
        };
    }

    private (IReadOnlyList<QueuePolicy> Levels, int DefaultLevel) ReadLevels(MessageReader message, BatchingSettings settings)
    {
        var count = (int?)message.Number("priority_levels", 0, BatchingOptions.MostLevels);
        var defaultLevel = (int?)message.Number("default_priority_level", 0, BatchingOptions.MostLevels);
        var policy = message.Message("default_queue_policy");
        var own = ReadPolicy(policy);
        var policies = message.Messages("priority_queue_policy").Select(ReadEntry).ToList();

        // A host's own levels stay only where the file says nothing of levels.
        IReadOnlyList<QueuePolicy> levels = (count, policy) switch
        {
            (null, null) => settings.Levels,
            (null, _) => [.. settings.Levels.Select(_ => own)],
            ({ } number, _) => [.. Enumerable.Repeat(own, Math.Max(1, number))],
        };
        foreach (var (key, line) in policies.Select(entry => (entry.Key, entry.Line)).Append((defaultLevel, message.LineOf("default_priority_level"))))
        {
            if (key is > 0 and var level && (level > levels.Count || count is null or 0))
            {
                faults.Add(line, string.Create(CultureInfo.InvariantCulture, $"There is no level {level}: priority_levels is {count ?? 0}; raise that, or name a level from 1 to it."));
            }
        }

        foreach (var entry in policies.GroupBy(entry => entry.Key).Where(group => group.Key > 0 && group.Count() > 1))
        {
            faults.Add(entry.Last().Line, string.Create(CultureInfo.InvariantCulture, $"priority_queue_policy has the key {entry.Key} twice; leave one of them."));
        }

        return (
            [.. levels.Select((level, i) => policies.Find(entry => entry.Key == i + 1)?.Policy ?? level)],
            defaultLevel > 0 ? defaultLevel.Value : count is null ? settings.DefaultLevel : 1);
    }

    private LevelPolicy ReadEntry(MessageReader entry)
    {
        var key = (int?)entry.Number("key", 1, BatchingOptions.MostLevels);
        if (key is null && entry.LineOf("key") == entry.Line)
        {
            faults.Add(entry.Line, "priority_queue_policy has no key; name the level that it is for.");
        }

        var policy = ReadPolicy(entry.Message("value"));
        entry.End();
        return new LevelPolicy(key, policy, entry.LineOf("key"));
    }

    // As in Triton a level's own policy takes nothing from the file's default one.
    private QueuePolicy ReadPolicy(MessageReader? message)
    {
        var action = message?.Word(
            "timeout_action", ("REJECT", TimeoutAction.Reject), ("DELAY", TimeoutAction.Delay), ("0", TimeoutAction.Reject), ("1", TimeoutAction.Delay));
        var timeout = message?.Number("default_timeout_microseconds", 0, BatchingOptions.LongestTimeout);
        var allowed = message?.Flag("allow_timeout_override");

        // Triton's 0 is no limit, and so it is when nothing stands there; a queue here always has one.
        var size = message?.Number("max_queue_size", 0, BatchingOptions.LargestQueue) is > 0 and var places ? (int?)places : null;
        message?.End();
        return new QueuePolicy(
            size ?? host.MaxQueueSize, action ?? host.TimeoutAction, timeout ?? host.DefaultTimeoutMicroseconds, allowed ?? host.AllowTimeoutOverride);
    }

    private sealed record LevelPolicy(int? Key, QueuePolicy Policy, int Line);
}
