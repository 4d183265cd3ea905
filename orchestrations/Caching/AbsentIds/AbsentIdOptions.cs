using System.ComponentModel.DataAnnotations;

namespace Hybrid.Orchestrations.Caching.AbsentIds;

/// <summary>The filter for what cannot exist; section <c>Caching:AbsentIds</c>. The same in all processes of a deployment.</summary>
public sealed class AbsentIdOptions
{
    /// <value>
    /// How long a look at the store is trusted; 0 (never: every lookup asks the store) to 5 s, default 200 ms. Whoever adds a collection
    /// or a document is told so this much later, so that no process still denies it.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <value>Collections that the filter is sized for; 100 to 10 million, default 100,000: 180 KB. With more of them the store is asked.</value>
    [Range(100, 10_000_000)]
    public int Capacity { get; set; } = 100_000;

    /// <value>Share of absent ids for which the store is asked all the same; 0.00001 to 0.1, default 0.001.</value>
    [Range(0.00001, 0.1)]
    public double FalsePositiveRate { get; set; } = 0.001;
}
