using System.Diagnostics;
using Hybrid.Contracts.Tasks;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>What a request's span tells of its answer, by OpenTelemetry's GenAI names: counts, never texts.</summary>
internal static class ReplyAttributes
{
    /// <summary>Adds them to the current span, if it is a request's.</summary>
    public static void Add<TReply>(TReply reply)
    {
        if (HostSpans.OfRequest() is not { } span)
        {
            return;
        }

        switch (reply)
        {
            case EmbedReplyRows embed:
                Add(span, embed.Model, embed.TokenCount)
                    .SetTag("gen_ai.embeddings.dimension.count", embed.Dimensions).SetTag("embedding.model", embed.Model).SetTag("dim", embed.Dimensions);
                break;
            case RerankReply rerank:
                Add(span, rerank.Model, rerank.TokenCount);
                break;
            case GenerateReply generated:
                Add(span, generated.Model, generated.PromptTokens);
                AddEnd(span, generated.FinishReason, generated.CompletionTokens);
                break;
        }
    }

    /// <summary>The same, of an answer that was sent in parts.</summary>
    public static void Add(GenerateFrame.Begin begin, GenerateFrame.End end)
    {
        if (HostSpans.OfRequest() is { } span)
        {
            AddEnd(Add(span, begin.Model, begin.PromptTokens).SetTag("gen_ai.request.stream", true), end.FinishReason, end.CompletionTokens);
        }
    }

    private static Activity Add(Activity span, string model, int inputTokens) =>
        span.SetTag("gen_ai.response.model", model).SetTag("gen_ai.usage.input_tokens", inputTokens);

    private static void AddEnd(Activity span, FinishReason finish, int outputTokens) => span
        .SetTag("gen_ai.response.finish_reasons", new[] { finish.ToName() })
        .SetTag("gen_ai.usage.output_tokens", outputTokens)
        .SetTag("llm.completion_length", outputTokens);
}
