using System.ComponentModel.DataAnnotations;
using Hybrid.Orchestrations.Caching.AbsentIds;
using Hybrid.Orchestrations.Caching.Redis;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Caching;

/// <summary>What is kept of answers, where and how long; section <c>Caching</c>.</summary>
public sealed class CachingOptions
{
    public const string Section = "Caching";

    /// <value>False: every request is computed, and nothing is kept or shared; default true.</value>
    public bool Enabled { get; set; } = true;

    /// <value>Most bytes in this process's memory, keys and bookkeeping counted; 64 KiB to 64 GiB, default 64 MiB: some 40,000 embeddings of 256 dimensions.</value>
    [Range(64L << 10, 64L << 30)]
    public long MemoryBytes { get; set; } = 64 << 20;

    /// <value>How long an answer stays in memory; 1 s to 1 h, default 30 s: long enough for a burst of one question, short beside the shared life.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MemoryLife { get; set; } = TimeSpan.FromSeconds(30);

    /// <value>How long an answer stays in Redis; 1 s to 1 day, default 10 min: as long as a document or a question usually stays in use.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SharedLife { get; set; } = TimeSpan.FromMinutes(10);

    /// <value>Largest answer that is kept, in bytes; 1 KiB to 64 MiB, default 1 MiB: an embedding of 4,096 dimensions has 16 KiB.</value>
    [Range(1 << 10, 64 << 20)]
    public int MaxEntryBytes { get; set; } = 1 << 20;

    /// <value>
    /// Most time that processes wait for another one that computes the same; 100 ms to 1 min, default 5 s. It is also how long one that
    /// died in its computation can hold others up.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan LockLife { get; set; } = TimeSpan.FromSeconds(5);

    /// <value>How often hosts are asked which versions they serve; 50 ms to 1 min, default 1 s, as often as for their health.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan VersionInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <value>How long the status of a run that has ended is kept, in memory only; 0 (not at all) to 10 s, default 1 s. Restarting or purging a run takes this much longer.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan RunStatusLife { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The cache that processes share.</summary>
    [ValidateObjectMembers]
    public RedisOptions Redis { get; set; } = new();

    /// <summary>The filter for collections that cannot exist.</summary>
    [ValidateObjectMembers]
    public AbsentIdOptions AbsentIds { get; set; } = new();
}

[OptionsValidator]
internal sealed partial class CachingOptionsValidator : IValidateOptions<CachingOptions>;
