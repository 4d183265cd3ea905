using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>When versions of models are looked for, loaded and let go. Section <c>Models</c>.</summary>
public sealed class LifecycleOptions : IValidatableObject
{
    public const string Section = "Models";

    private const int ShortestKey = 16;

    /// <summary>How often the source is asked for new versions and labels; a notification asks at once.</summary>
    /// <value>0: never again after the start; else 100 ms to 1 day. Default 30 s: one list and some small reads of a storage account.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Which versions of a model are served where its <c>config.pbtxt</c> has no <c>version_policy</c>.</summary>
    /// <value><c>latest</c>, <c>latest:2</c>, <c>all</c> or <c>specific:1,3</c>. Default <c>latest</c>: the highest, as Triton has it.</value>
    public VersionPolicy VersionPolicy { get; set; } = VersionPolicy.Default;

    /// <summary>Whether a version is let go before or after the one that replaces it is loaded.</summary>
    /// <value>Default <see cref="TransitionPolicy.AvailabilityPreserving"/>, as TensorFlow Serving has it.</value>
    public TransitionPolicy TransitionPolicy { get; set; } = TransitionPolicy.AvailabilityPreserving;

    /// <summary>Wait before a version is tried again whose failure may pass; doubled for each further one.</summary>
    /// <value>100 ms to 1 hour; default 5 s: what fails inside of a staging was tried again there already.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest of these waits.</summary>
    /// <value>100 ms to 1 day; default 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// What a caller who loads, unloads or announces models has to show, as <c>Authorization: Bearer</c> or <c>x-api-key</c>.
    /// </summary>
    /// <value>None by default: as all of this host it is for a network that only its callers reach. Else at least 16 visible ASCII characters.</value>
    public string RepositoryKey { get; set; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PollInterval > TimeSpan.Zero && PollInterval < TimeSpan.FromMilliseconds(100))
        {
            yield return new ValidationResult($"{nameof(PollInterval)} ({PollInterval}) is under 100 ms; 0 polls never.", [nameof(PollInterval)]);
        }

        if (RetryDelay > MaxRetryDelay)
        {
            yield return new ValidationResult(
                $"{nameof(RetryDelay)} ({RetryDelay}) is over {nameof(MaxRetryDelay)} ({MaxRetryDelay}).", [nameof(RetryDelay), nameof(MaxRetryDelay)]);
        }

        if (RepositoryKey.Length is > 0 and < ShortestKey || RepositoryKey.Any(character => character is <= ' ' or > '~'))
        {
            yield return new ValidationResult(
                $"{nameof(RepositoryKey)} has {RepositoryKey.Length} characters; it takes at least {ShortestKey}, all of them visible ASCII.", [nameof(RepositoryKey)]);
        }
    }
}
