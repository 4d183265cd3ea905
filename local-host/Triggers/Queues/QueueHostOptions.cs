using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hybrid.LocalHost.Triggers.Queues;

/// <summary>host.json's <c>extensions.queues</c>, with the defaults of a Functions host.</summary>
internal sealed class QueueHostOptions
{
    public const string Section = "extensions:queues";

    /// <summary>Messages fetched at once.</summary>
    /// <value>1 to 32, the service's limit. Default 16.</value>
    [Range(1, 32)]
    public int BatchSize { get; set; } = 16;

    /// <summary>The next batch is fetched when no more than this many messages of a queue are running; so at most this and <see cref="BatchSize"/> run at once.</summary>
    /// <value>0 to 1,000; unset: half of <see cref="BatchSize"/> for each core.</value>
    [Range(0, 1000)]
    public int? NewBatchThreshold { get; set; }

    /// <summary>Attempts before a message goes to the queue <c>&lt;name&gt;-poison</c>.</summary>
    /// <value>1 to 100. Default 5.</value>
    [Range(1, 100)]
    public int MaxDequeueCount { get; set; } = 5;

    /// <summary>Wait before a failed message is tried again.</summary>
    /// <value>0 to 7 days, the service's limit. Default 0.</value>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan VisibilityTimeout { get; set; } = TimeSpan.Zero;

    /// <summary>Longest wait between two looks into an empty queue; it begins at 100 ms and doubles.</summary>
    /// <value>100 ms to 1 hour. Default 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan MaxPollingInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether messages are plain text or Base64.</summary>
    /// <value>Default <see cref="QueueEncoding.Base64"/>.</value>
    public QueueEncoding MessageEncoding { get; set; } = QueueEncoding.Base64;

    /// <summary>How long a message stays hidden for its invocation; renewed at half of it while the invocation runs.</summary>
    /// <value>
    /// 2 s to 10 minutes. Default 30 s: that long after a killed host, the next one sees its messages. (A Functions host takes 10 minutes, and has no such setting.)
    /// </value>
    [Range(typeof(TimeSpan), "00:00:02", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    public int MaxRunning => BatchSize + (NewBatchThreshold ?? BatchSize / 2 * Environment.ProcessorCount);
}

/// <summary>host.json's <c>messageEncoding</c>.</summary>
internal enum QueueEncoding
{
    None,
    Base64,
}

[OptionsValidator]
internal sealed partial class QueueHostOptionsValidator : IValidateOptions<QueueHostOptions>;
