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

    /// <summary>What staged versions may take of the disk, in bytes. For a new one, those are deleted that were used least recently and that nobody uses.</summary>
    /// <value>Default: as much as there is, see <see cref="MinFreeBytes"/>.</value>
    [Range(typeof(long), "1", "9223372036854775807")]
    public long? MaxCacheBytes { get; set; }

    /// <summary>What is left free on the cache's disk, in bytes, whatever <see cref="MaxCacheBytes"/> says.</summary>
    /// <value>Default 256 MiB: room for logs and for what else the machine does.</value>
    [Range(typeof(long), "0", "9223372036854775807")]
    public long MinFreeBytes { get; set; } = 256 << 20;

    /// <summary>Files of one version that are fetched at a time.</summary>
    /// <value>1 to 64; default 4: the small ones come beside the one with the weights, whose single stream is as fast as several.</value>
    [Range(1, 64)]
    public int ParallelFiles { get; set; } = 4;

    /// <summary>Tries in a row that bring nothing, after which a version is given up for now.</summary>
    /// <value>1 to 100; default 8: with the delay below, 50 s of outage are bridged.</value>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 8;

    /// <summary>How long storage may send nothing before the connection is given up, and tried again.</summary>
    /// <value>100 ms to 10 min; default 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(30);

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
