using Hybrid.Telemetry.Exposition;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace Hybrid.Telemetry.Otlp;

/// <summary>Traces, metrics and logs out over OTLP, to where OpenTelemetry's own variables say.</summary>
public static class OtlpExport
{
    /// <summary>The server's own spans, one a request: they take the caller's trace context from its headers.</summary>
    private const string ServerSource = "Microsoft.AspNetCore";

    /// <summary>Every meter of ours.</summary>
    private const string Meters = "Hybrid.*";

    /// <summary>
    /// Metrics are always gathered, for whoever reads them. Without an endpoint that is all: no span is made, no log is kept. What waits
    /// for its export is flushed when the host is disposed.
    /// </summary>
    /// <param name="services">The process's.</param>
    /// <param name="configuration">Where the variables are looked up; the environment is a part of it.</param>
    /// <param name="serviceName">What the process is called, unless <c>OTEL_SERVICE_NAME</c> says something else.</param>
    /// <param name="silentPaths">Requests to these are made by machines, again and again, and say nothing that anybody wants to see in a trace.</param>
    /// <param name="addSpans">Adds the process's own sources of spans; called only when they are exported.</param>
    /// <exception cref="OptionsValidationException">The endpoint is no address.</exception>
    public static IServiceCollection AddOtlpExport(
        this IServiceCollection services,
        IConfiguration configuration,
        string serviceName,
        IReadOnlyCollection<string> silentPaths,
        Action<IOpenTelemetryBuilder> addSpans)
    {
        // In every line on the console, and so that a line is found again in its trace.
        services.Configure<LoggerFactoryOptions>(
            logging => logging.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics.AddMeter(Meters, MetricsExposition.RuntimeMeter));
        if (!OtlpSettings.ExportsFrom(configuration))
        {
            return services;
        }

        services.AddSingleton<IStartupFilter>(new ServerSpans(silentPaths));
        telemetry
            .WithTracing(tracing => tracing.AddSource(ServerSource))
            .WithLogging(_ => { }, logging => logging.IncludeScopes = logging.IncludeFormattedMessage = true);
        addSpans(telemetry);
        telemetry.UseOtlpExporter();
        return services;
    }
}
