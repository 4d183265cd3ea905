using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hybrid.LocalHost.Durable;

/// <summary>Configuration section <c>Durable</c>: the embedded engine.</summary>
internal sealed class DurableOptions
{
    public const string Section = "Durable";

    /// <summary>The database file.</summary>
    /// <value>Default <c>.hybrid/durable.db</c>, below the folder that holds host.json.</value>
    [Required]
    public string Database { get; set; } = "";

    /// <summary>When SQLite waits for the disk.</summary>
    /// <value>
    /// Default <see cref="SyncMode.Full"/>: what was acknowledged survives a power failure. Commits are grouped, so one wait serves all that is waiting.
    /// <see cref="SyncMode.Normal"/> survives a killed process only.
    /// </value>
    public SyncMode Synchronous { get; set; } = SyncMode.Full;

    /// <summary>Events in the history of one execution; above it the instance fails and says how to shorten it.</summary>
    /// <value>Range 100 to 1,000,000. Default 50,000: the code runs over all of them at every turn, which takes about 0.4 s for that many on one core of 2026.</value>
    [Range(100, 1_000_000)]
    public int MaxHistoryEvents { get; set; } = 50_000;

    /// <summary>Characters of JSON in one input, result, event or status.</summary>
    /// <value>Range 1,024 to 64 Mi. Default 4 Mi, where the real backend's messages end as well.</value>
    [Range(1024, 64 << 20)]
    public int MaxPayloadCharacters { get; set; } = 4 << 20;

    /// <summary>How long a stop waits for running turns and activities.</summary>
    /// <value>Range 0 to 5 minutes. Default 20 s: the host itself gets 30 s. What is cut off runs again after the next start.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Activities that run at the same time: host.json's <c>maxConcurrentActivityFunctions</c>.</summary>
    /// <value>Range 1 to 10,000. Default 10 per core, as Durable Functions has it.</value>
    [Range(1, 10_000)]
    public int MaxConcurrentActivities { get; set; } = 10 * Environment.ProcessorCount;

    /// <summary>Orchestrators whose turns run at the same time: host.json's <c>maxConcurrentOrchestratorFunctions</c>.</summary>
    /// <value>Range 1 to 10,000. Default 10 per core, as Durable Functions has it.</value>
    [Range(1, 10_000)]
    public int MaxConcurrentOrchestrators { get; set; } = 10 * Environment.ProcessorCount;
}

/// <summary>SQLite's <c>synchronous</c> levels that are safe in WAL mode.</summary>
internal enum SyncMode
{
    Normal,
    Full,
}

[OptionsValidator]
internal sealed partial class DurableOptionsValidator : IValidateOptions<DurableOptions>;
