using Hybrid.Contracts.Tasks;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>
/// What a generation's span tells of how it was asked for, by OpenTelemetry's GenAI names. Stop texts are left out: they are a client's,
/// and no client's text stands in a span.
/// </summary>
internal static class RequestAttributes
{
    /// <summary>Adds them to the current span, if it is a request's.</summary>
    public static void Add<TRequest>(TRequest request)
    {
        if (request is not GenerateRequest { Sampling: var sampling, MaxTokens: var maxTokens } || HostSpans.OfRequest() is not { } span)
        {
            return;
        }

        // An attribute that is not there says that the request left it open.
        span.SetTag("gen_ai.request.temperature", sampling.Temperature)
            .SetTag("gen_ai.request.top_p", sampling.TopP)
            .SetTag("gen_ai.request.top_k", sampling.TopK > 0 ? sampling.TopK : null)
            .SetTag("gen_ai.request.seed", sampling.Seed)
            .SetTag("gen_ai.request.max_tokens", maxTokens > 0 ? maxTokens : null);
    }
}
