using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hybrid.Telemetry.Exposition;

/// <summary>The route <c>/metrics</c>; section <c>Metrics</c>.</summary>
public sealed class MetricsOptions
{
    public const string Section = "Metrics";

    /// <value>
    /// The secret of whoever reads the metrics, sent as <c>Authorization: Bearer</c> or <c>x-api-key</c>; at least 16 characters. None by
    /// default, and then the route answers callers on this machine only: metrics name tenants and models.
    /// </value>
    public string Key { get; set; } = "";

    /// <value>
    /// Most series of one instrument; what comes after them is counted together in one with <c>otel_metric_overflow="true"</c>. 50 to
    /// 100,000, default 2,000, OpenTelemetry's own: labels are bounded before they get here, so this is the last line.
    /// </value>
    [Range(50, 100_000)]
    public int MaxSeries { get; set; } = 2000;
}

[OptionsValidator]
internal sealed partial class MetricsRangesValidator : IValidateOptions<MetricsOptions>;

/// <summary>What the ranges cannot say. Never tells the key.</summary>
internal sealed class MetricsKeyValidator : IValidateOptions<MetricsOptions>
{
    private const int MinLength = 16;

    public ValidateOptionsResult Validate(string? name, MetricsOptions options)
    {
        var errors = new List<string>();
        if (options.Key.Length is > 0 and < MinLength)
        {
            errors.Add($"Metrics:Key has {options.Key.Length} characters; at least {MinLength} are needed, or none for this machine's callers only.");
        }

        if (options.Key.Any(character => character is <= ' ' or > '~'))
        {
            errors.Add("Metrics:Key has a character that cannot stand in an HTTP header; use visible ASCII.");
        }

        // Azure hands a reference that it could not resolve over as it is: text that anybody could guess.
        if (options.Key.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase))
        {
            errors.Add("Metrics:Key is a Key Vault reference that was not resolved; is the secret there, and may the app's identity read it?");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
