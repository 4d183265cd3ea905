using System.Text.Json;
using Hybrid.Contracts.Tasks;
using Hybrid.Functions.Requests;

namespace Hybrid.Functions.Reranking;

/// <summary>The body of <c>POST /v1/rerank</c>, as Jina and Cohere have it.</summary>
internal sealed record RerankBody
{
    public string? Model { get; init; }

    public string? Query { get; init; }

    /// <summary>Strings, or objects with a <c>text</c>.</summary>
    public IReadOnlyList<JsonElement>? Documents { get; init; }

    public int? TopN { get; init; }

    /// <summary>Repeat the documents in the answer; default false, as Cohere's.</summary>
    public bool? ReturnDocuments { get; init; }

    public RerankRequest ToTask() => new(Fields.Text(Model, "model"), Fields.Text(Query, "query"), Texts());

    public int Count(RerankRequest task) => Fields.InRange(TopN, 1, int.MaxValue, task.Passages.Count, "top_n");

    /// <summary>What both rerank routes take at most; Cohere's limit.</summary>
    internal const int MaxDocuments = 1000;

    private IReadOnlyList<string> Texts() =>
        [.. Fields.List(Documents, MaxDocuments, "documents").Select((document, i) => Text(document, $"documents[{i}]"))];

    private static string Text(JsonElement document, string field) => document.ValueKind switch
    {
        JsonValueKind.Object when document.TryGetProperty("text", out var text) => Fields.Text(text, $"{field}.text"),
        JsonValueKind.Object => throw Fields.Missing($"{field}.text"),
        _ => Fields.Text(document, field),
    };
}
