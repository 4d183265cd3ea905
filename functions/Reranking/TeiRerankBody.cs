using System.Text.Json.Serialization;
using Hybrid.Contracts.Tasks;
using Hybrid.Functions.Requests;

namespace Hybrid.Functions.Reranking;

/// <summary>The body of <c>POST /rerank</c>, as text-embeddings-inference has it: one server, one model, so none is named.</summary>
internal sealed record TeiRerankBody
{
    public string? Query { get; init; }

    public IReadOnlyList<string?>? Texts { get; init; }

    /// <summary>Cut texts that are too long; default false, as TEI's: then they are an error.</summary>
    public bool Truncate { get; init; }

    public bool RawScores { get; init; }

    public bool ReturnText { get; init; }

    public RerankRequest ToTask(string model) => new(
        model,
        Fields.Text(Query, "query"),
        [.. Fields.List(Texts, RerankBody.MaxDocuments, "texts").Select((text, i) => Fields.Text(text, $"texts[{i}]"))],
        RawScores,
        Truncate);

    public IReadOnlyList<TeiRerankResult> ToReply(RerankRequest request, RerankReply reply) =>
        [.. reply.Scores
            .Select((score, i) => new TeiRerankResult(i, score, ReturnText ? request.Passages[i] : null))
            .OrderByDescending(result => result.Score)];
}

internal sealed record TeiRerankResult(
    int Index,
    float Score,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text);
