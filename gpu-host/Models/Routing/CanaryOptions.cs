using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Models.Routing;

/// <summary>When a canary is promoted or rolled back. Section <c>Models:Canary</c>.</summary>
public sealed class CanaryOptions
{
    public const string Section = "Models:Canary";

    /// <summary>Requests that each, canary and stable, must have had before a canary is promoted. One that is surely worse is rolled back sooner.</summary>
    /// <value>40 to 1000000; default 500: of a canary that equals stable fewer than 1 in 1,000 trials then find its p95 over the margin by chance.</value>
    [Range(40, 1_000_000)]
    public int MinRequests { get; set; } = 500;

    /// <summary>Time that must have passed before a canary is promoted: what leaks or wears out takes time to show.</summary>
    /// <value>0 to 30 days; default 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan MinDuration { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How much larger the share of failed requests may be than stable's, as a share of all.</summary>
    /// <value>0.0001 to 1 (never mind errors); default 0.01: one of a hundred.</value>
    [Range(0.0001, 1)]
    public double ErrorMargin { get; set; } = 0.01;

    /// <summary>How much longer the p95 may be than stable's, as a share of it.</summary>
    /// <value>0 to 1000; default 0.25.</value>
    [Range(0, 1000.0)]
    public double LatencyMargin { get; set; } = 0.25;

    /// <summary>How much longer the p95 may be in any case.</summary>
    /// <value>0 to 1 minute; default 5 ms: between short requests a busy machine makes such differences by itself.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan LatencyTolerance { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Whether a good canary takes stable's place by itself. If not, it keeps its share until its publisher moves the labels.</summary>
    /// <value>Default true.</value>
    public bool Promote { get; set; } = true;
}
