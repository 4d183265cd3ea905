using System.Diagnostics;
using Hybrid.Contracts.Errors;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>
/// A span for every attempt at a host, by OpenTelemetry's GenAI names. It is what the host sees as its caller: HttpClient's own spans are
/// left out, they would say the same again.
/// </summary>
public static class DispatchSpans
{
    public const string SourceName = "Hybrid.Orchestrations";

    /// <summary>Characters of a model's name that are kept: it is the client's text, until a host knows it.</summary>
    private const int LongestModel = 128;

    private static readonly ActivitySource Source = new(SourceName);

    /// <returns>Null when nobody listens, and for what the process does by itself and over and over: that belongs to no request.</returns>
    internal static Activity? Begin(PoolTask task, string? model, string requestId, GpuHost host)
    {
        if (!Source.HasListeners() || Activity.Current is null)
        {
            return null;
        }

        // The name has no model yet: names of spans are counted, and anybody could make up any number of models.
        return Source.StartActivity(
            task.Operation,
            ActivityKind.Client,
            default(ActivityContext),
            [
                new("gen_ai.operation.name", task.Operation),
                new("gen_ai.provider.name", "hybrid"),
                new("gen_ai.request.model", model?.Length > LongestModel ? model[..LongestModel] : model),
                new("llm.request_id", requestId),
                new("server.address", host.Address.Host),
                new("server.port", host.Address.Port),
            ]);
    }

    /// <summary>Ends the span of an attempt.</summary>
    /// <param name="span">The attempt's.</param>
    /// <param name="sign">What the attempt showed about its host.</param>
    /// <param name="error">Null: with an answer.</param>
    internal static void End(Activity span, HostSign sign, ErrorCode? error)
    {
        if (sign.FailureOf(error) is { } failure)
        {
            span.SetTag("error.type", failure).SetStatus(ActivityStatusCode.Error);
        }
        else if (span.GetTagItem("gen_ai.request.model") is string model)
        {
            span.DisplayName = $"{span.OperationName} {model}";
        }

        span.Dispose();
    }
}
