using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Hybrid.Telemetry.Otlp;

/// <summary>Whether telemetry leaves this process. OpenTelemetry's own variables decide, here as in every other process.</summary>
internal static class OtlpSettings
{
    /// <summary>Where the collector listens; unset: nothing is exported, and spans are not even made.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string Disabled = "OTEL_SDK_DISABLED";

    /// <exception cref="OptionsValidationException">The endpoint is no address: OpenTelemetry would silently send to another one.</exception>
    public static bool ExportsFrom(IConfiguration configuration)
    {
        var endpoint = configuration[Endpoint];
        if (string.IsNullOrEmpty(endpoint) || string.Equals(configuration[Disabled], "true", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? true
            : throw new OptionsValidationException(
                Endpoint, typeof(string), [$"{Endpoint} '{endpoint}' is no http address such as http://127.0.0.1:4317."]);
    }
}
