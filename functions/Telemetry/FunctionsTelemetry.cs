using Hybrid.Orchestrations.Dispatch;
using Hybrid.Telemetry.Exposition;
using Hybrid.Telemetry.Otlp;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Hybrid.Functions.Telemetry;

/// <summary>What this app tells about itself: the same below a Functions host and below local-host.</summary>
internal static class FunctionsTelemetry
{
    /// <summary>Orchestrations and their activities: from the Durable Task SDK's client, and from local-host's engine.</summary>
    private const string DurableSource = "Microsoft.DurableTask";

    /// <summary>Those of our health functions and of a Functions host.</summary>
    private static readonly string[] SilentPaths = ["/health/live", "/health/ready", "/admin/host/ping", "/admin/host/status", MetricsExposition.Route];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration) =>
        services.AddOtlpExport(configuration, "hybrid-functions", SilentPaths, telemetry => telemetry
            .WithTracing(tracing => tracing
                .ConfigureServices(registered => registered.AddWorkerSpans())
                .AddSource(WorkerSpans.SourceName, DurableSource, DispatchSpans.SourceName, MessageSpans.SourceName)
                .AddProcessor(OrchestratorTurns.Of(typeof(FunctionsTelemetry).Assembly))));
}
