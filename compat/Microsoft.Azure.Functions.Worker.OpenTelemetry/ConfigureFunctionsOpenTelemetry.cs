using OpenTelemetry;

namespace Microsoft.Azure.Functions.Worker.OpenTelemetry;

/// <summary>Makes the spans of function invocations known to OpenTelemetry.</summary>
public static class ConfigureFunctionsOpenTelemetry
{
    /// <summary>The source of those spans, as a Functions worker names it.</summary>
    private const string InvocationSource = "Microsoft.Azure.Functions.Worker";

    public static IOpenTelemetryBuilder UseFunctionsWorkerDefaults(this IOpenTelemetryBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithTracing(tracing => tracing.AddSource(InvocationSource));
    }
}
