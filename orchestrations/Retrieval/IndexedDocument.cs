namespace Hybrid.Orchestrations.Retrieval;

/// <summary>A passage as it stands in a collection.</summary>
/// <param name="Id">Names it in its collection.</param>
/// <param name="Title">May be empty.</param>
/// <param name="Text">What is embedded, ranked and quoted.</param>
/// <param name="Metadata">The owner's own notes; kept and returned, not searched.</param>
public sealed record IndexedDocument(string Id, string Title, string Text, IReadOnlyDictionary<string, string> Metadata);

/// <summary>A document and its vector.</summary>
/// <param name="Document">The document.</param>
/// <param name="Vector">Its embedding, of L2 norm 1.</param>
public readonly record struct IndexedRow(IndexedDocument Document, ReadOnlyMemory<float> Vector);

/// <summary>One answer of a search.</summary>
/// <param name="Document">The document.</param>
/// <param name="Score">Cosine similarity, −1 to 1.</param>
public readonly record struct SearchHit(IndexedDocument Document, float Score);
