using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace Hybrid.Functions.Telemetry;

/// <summary>What of this process's telemetry goes out, and where to; the same below a Functions host and below local-host.</summary>
internal static class TelemetryExport
{
    private const string ServiceName = "hybrid-functions";

    /// <summary>The server's own spans, one a request; they take the caller's trace context from its headers.</summary>
    private const string ServerSource = "Microsoft.AspNetCore";

    /// <summary>Orchestrations and their activities: from the Durable Task SDK's client, and from local-host's engine.</summary>
    private const string DurableSource = "Microsoft.DurableTask";

    /// <summary>Every meter of ours.</summary>
    private const string Meters = "Hybrid.*";

    /// <summary>Memory, garbage collection and threads.</summary>
    private const string RuntimeMeter = "System.Runtime";

    /// <summary>
    /// Metrics are always gathered, for whoever reads them. Traces, logs and metrics go out over OTLP when an endpoint is configured;
    /// otherwise no span is made and no log is kept. What waits is flushed when the host is disposed.
    /// </summary>
    public static IServiceCollection AddTelemetryExport(this IServiceCollection services, IConfiguration configuration)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServiceName).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics.AddMeter(Meters, RuntimeMeter));
        if (OtlpSettings.ExportsFrom(configuration))
        {
            telemetry
                .UseFunctionsWorkerDefaults()
                .WithTracing(tracing => tracing.AddSource(ServerSource, DurableSource))
                .WithLogging(_ => { }, logging => logging.IncludeScopes = logging.IncludeFormattedMessage = true)
                .UseOtlpExporter();
        }

        return services;
    }
}
