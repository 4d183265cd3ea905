using OpenTelemetry;
using OpenTelemetry.Resources;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>What of this process's telemetry goes out, and where to.</summary>
internal static class TelemetryExport
{
    private const string ServiceName = "hybrid-gpu-host";

    /// <summary>The server's own spans, one a request; they take the caller's trace context from its headers.</summary>
    private const string ServerSource = "Microsoft.AspNetCore";

    /// <summary>
    /// Metrics are always gathered, for whoever reads them. Traces, logs and metrics go out over OTLP when an endpoint is configured;
    /// otherwise no span is made and no log is kept. What waits is flushed when the host is disposed.
    /// </summary>
    public static WebApplicationBuilder AddTelemetryExport(this WebApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServiceName).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics.AddMeter(HostTelemetry.Name));
        if (OtlpSettings.ExportsFrom(builder.Configuration))
        {
            telemetry
                .WithTracing(tracing => tracing.AddSource(ServerSource, HostTelemetry.Name))
                .WithLogging(_ => { }, logging => logging.IncludeScopes = logging.IncludeFormattedMessage = true)
                .UseOtlpExporter();
        }

        return builder;
    }
}
