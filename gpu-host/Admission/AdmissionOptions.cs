using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Admission;

/// <summary>What the host lets in. Section <c>Admission</c>.</summary>
public sealed class AdmissionOptions : IValidatableObject
{
    public const string Section = "Admission";

    /// <summary>Most requests in work at a time; past it they are answered 429 (<c>max_concurrent_requests</c>).</summary>
    /// <value>1 to 100000; default 512, as text-embeddings-inference has it.</value>
    [Range(1, 100_000)]
    public int MaxConcurrentRequests { get; set; } = 512;

    /// <summary>The budget of a request that brings none (<c>default_timeout_microseconds</c>).</summary>
    /// <value>Default 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan DefaultBudget { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A larger budget is cut to this.</summary>
    /// <value>Default 10 minutes, the longest that an activity above us may run.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan MaxBudget { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>When to come back, told to a request that was turned away.</summary>
    /// <value>Default 1 second: queues here hold less than that.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DefaultBudget > MaxBudget)
        {
            yield return new ValidationResult(
                $"{nameof(DefaultBudget)} ({DefaultBudget}) is over {nameof(MaxBudget)} ({MaxBudget}).", [nameof(DefaultBudget), nameof(MaxBudget)]);
        }
    }
}
