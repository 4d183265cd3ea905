using System.Text.Json.Serialization;
using Hybrid.Contracts.Tasks;

namespace Hybrid.Functions.Reranking;

/// <summary>The answer of <c>POST /v1/rerank</c>: the best first.</summary>
internal sealed record RerankReplyBody(string Id, string Model, RerankUsage Usage, IReadOnlyList<RerankResult> Results)
{
    public static RerankReplyBody Of(RerankRequest request, RerankReply reply, int topN, bool withDocuments, string requestId) => new(
        $"rerank-{requestId}",
        reply.Model,
        new RerankUsage(reply.TokenCount),
        [.. reply.Scores
            .Select((score, i) => new RerankResult(i, score, withDocuments ? new RerankDocument(request.Passages[i]) : null))
            .OrderByDescending(result => result.RelevanceScore)
            .Take(topN)]);
}

internal sealed record RerankUsage(int TotalTokens);

internal sealed record RerankResult(
    int Index,
    float RelevanceScore,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RerankDocument? Document);

internal sealed record RerankDocument(string Text);
