using Hybrid.Functions.Requests;
using Hybrid.Orchestrations.Retrieval;

namespace Hybrid.Functions.Collections;

/// <summary>The body of <c>PUT /v1/collections/{name}/documents</c>.</summary>
internal sealed record DocumentsBody
{
    public IReadOnlyList<DocumentBody?>? Documents { get; init; }

    /// <summary>The documents as they go into the index; what they may hold is the index's to say.</summary>
    public IReadOnlyList<IndexedDocument> ToDocuments() =>
        [.. Fields.Required(Documents, "documents").Select((document, i) => Fields.Required(document, $"documents[{i}]").ToDocument($"documents[{i}]"))];
}

internal sealed record DocumentBody
{
    public string? Id { get; init; }

    public string? Title { get; init; }

    public string? Text { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public IndexedDocument ToDocument(string field) =>
        new(Fields.Required(Id, $"{field}.id"), Title ?? "", Fields.Required(Text, $"{field}.text"), Metadata ?? []);
}
