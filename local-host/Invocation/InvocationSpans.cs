using System.Diagnostics;

namespace Hybrid.LocalHost.Invocation;

/// <summary>A span for each invocation, below what its trigger brought: the same as in a Functions worker (schema 1.37.0).</summary>
internal static class InvocationSpans
{
    private static readonly ActivitySource Source = new("Microsoft.Azure.Functions.Worker");

    /// <returns>Null when nobody listens.</returns>
    public static Activity? Begin(LocalFunctionContext context)
    {
        if (!Source.HasListeners())
            return null;
        // Without a parent it is the first of a trace.
        ActivityContext.TryParse(context.TraceContext.TraceParent, context.TraceContext.TraceState, out var parent);
        var name = context.FunctionDefinition.Name;
        return Source.StartActivity(
            $"function {name}",
            ActivityKind.Internal,
            parent,
            [new("schema.url", "https://opentelemetry.io/schemas/1.37.0"), new("faas.invocation_id", context.InvocationId), new("faas.name", name)]);
    }
}
