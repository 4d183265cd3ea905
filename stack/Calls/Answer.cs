using System.Text.Json.Serialization;

namespace Hybrid.Stack.Calls;

/// <summary>The output of a RAG run.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Sources">The passages it rests on, best first.</param>
/// <param name="StageMilliseconds">Stage → milliseconds, in the order in which they ran.</param>
public sealed record Answer(
    [property: JsonPropertyName("answer")] string Text,
    IReadOnlyList<Source> Sources,
    IReadOnlyDictionary<string, double> StageMilliseconds);

/// <summary>A passage that an answer rests on.</summary>
public sealed record Source(string Id, string Title, string Text, double Score);
