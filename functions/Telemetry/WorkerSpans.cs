using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Hybrid.Functions.Telemetry;

/// <summary>The worker's own spans, one an invocation. Below local-host its invocations make the same ones.</summary>
internal static class WorkerSpans
{
    public const string SourceName = "Microsoft.Azure.Functions.Worker";

    /// <summary>The span of an invocation of this function, in the semantic conventions that <see cref="AddWorkerSpans"/> chooses.</summary>
    public static string NameOf(string function) => $"function {function}";

    /// <summary>
    /// Tells a Functions host that this app exports by itself, so that it does not do so a second time, and in which semantic conventions.
    /// It is what Microsoft.Azure.Functions.Worker.OpenTelemetry says for an app; that package would bring nothing else that is needed here.
    /// </summary>
    public static IServiceCollection AddWorkerSpans(this IServiceCollection services) => services.Configure<WorkerOptions>(worker =>
    {
        worker.Capabilities["WorkerOpenTelemetryEnabled"] = bool.TrueString;
        worker.Capabilities["WorkerOpenTelemetrySchemaVersion"] = "1.37.0";
    });
}
