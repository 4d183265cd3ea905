using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Weights;

/// <summary>Where models come from and where they are kept. Section <c>Weights</c>. Exactly one source is set.</summary>
public sealed class WeightsOptions : IValidatableObject
{
    public const string Section = "Weights";

    /// <summary>Source: a storage account by its connection string, together with <see cref="Container"/>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The blob container of <see cref="ConnectionString"/>.</summary>
    /// <value>Default <c>models</c>.</value>
    [Required]
    public string Container { get; set; } = "models";

    /// <summary>Source: a blob container by its URI, entered with the process's own Azure identity, or with the SAS in the URI.</summary>
    public Uri? ContainerUri { get; set; }

    /// <summary>Source: a folder of this machine. A version in it without <c>manifest.json</c> is used where it lies.</summary>
    public string? Directory { get; set; }

    /// <summary>Where staged versions are kept; several hosts of one machine may share it.</summary>
    /// <value>Default: <c>hybrid/models</c> in the user's local application data.</value>
    [Required]
    public string CacheDirectory { get; set; } =
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "hybrid", "models");

    /// <summary>Compute the sha256 of versions that are in the cache already, not only compare manifest and sizes.</summary>
    /// <value>Default false: they were verified when they came, and reading gigabytes would delay every start.</value>
    public bool VerifyCache { get; set; }

    /// <summary>Tries for one file before its version is given up.</summary>
    /// <value>1 to 100; default 5: with the backoff below, 6 s of outage are bridged.</value>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Wait before the second try; doubled for each further one, at most 30 s.</summary>
    /// <value>Default 400 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(400);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string?[] sources = [ConnectionString, ContainerUri?.OriginalString, Directory];
        var set = sources.Count(source => !string.IsNullOrWhiteSpace(source));
        if (set != 1)
        {
            yield return new ValidationResult(
                $"{set} model sources are set; set exactly one of {nameof(ConnectionString)}, {nameof(ContainerUri)} and {nameof(Directory)}.",
                [nameof(ConnectionString), nameof(ContainerUri), nameof(Directory)]);
        }

        if (ContainerUri is { IsAbsoluteUri: false })
        {
            yield return new ValidationResult($"{nameof(ContainerUri)} is not an absolute URI.", [nameof(ContainerUri)]);
        }

        if (!string.IsNullOrWhiteSpace(Directory) && !System.IO.Directory.Exists(Directory))
        {
            yield return new ValidationResult($"{nameof(Directory)} '{Directory}' is not there.", [nameof(Directory)]);
        }
    }
}
