using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Models.Budget;

/// <summary>How much memory models may take, and how requests wait for one that is not there. Section <c>Models</c>.</summary>
public sealed class MemoryBudgetOptions
{
    public const string Section = "Models";

    /// <summary>
    /// Bytes of weights that all models together may hold, on a GPU of its memory. Past it the least recently used model that nobody uses is
    /// unloaded, and loaded again when it is asked for.
    /// </summary>
    /// <value>1 to 2^50; default none: all models stay. What runs need on top is not in it: leave room for batches, and for keys and values.</value>
    [Range(1, 1L << 50)]
    public long? MemoryBudgetBytes { get; set; }

    /// <summary>How long a load may wait for models in use to become idle, before it is given up.</summary>
    /// <value>Default 10 s: longer than most requests take, shorter than the budget of those that wait for the load.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan MemoryTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests that may wait for one model to be loaded; past it they are answered 503.</summary>
    /// <value>1 to 100000; default 64: an eighth of <c>Admission:MaxConcurrentRequests</c>, so that a cold model leaves the others their places.</value>
    [Range(1, 100_000)]
    public int MaxRequestsPerLoad { get; set; } = 64;
}
