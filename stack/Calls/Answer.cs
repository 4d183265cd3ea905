using System.Text.Json.Serialization;

namespace Hybrid.Stack.Calls;

/// <summary>The output of a RAG run, as far as the demo shows it.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Sources">The passages it rests on, best first.</param>
/// <param name="Stages">In the order in which they ran.</param>
public sealed record Answer([property: JsonPropertyName("answer")] string Text, IReadOnlyList<Source> Sources, IReadOnlyList<Stage> Stages);

/// <summary>A passage that an answer rests on.</summary>
public sealed record Source(string Id, string Title, string Text, double Score);

/// <summary>A stage of the run and what it took, tries and waits included.</summary>
public sealed record Stage(string Name, double Milliseconds, int Attempts);
