using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Hybrid.Models;

/// <summary>What the demo knows: a handbook of Hybrid in short passages (corpus/), and questions with their right passages for tests.</summary>
public static partial class Corpus
{
    private static readonly Lazy<IReadOnlyList<Passage>> AllPassages = new(() => Read("handbook.jsonl", CorpusJson.Default.Passage));
    private static readonly Lazy<IReadOnlyList<Question>> AllQuestions = new(() => Read("questions.jsonl", CorpusJson.Default.Question));

    /// <summary>All passages, in the order of the file.</summary>
    public static IReadOnlyList<Passage> Passages => AllPassages.Value;

    /// <summary>All questions, in the order of the file.</summary>
    public static IReadOnlyList<Question> Questions => AllQuestions.Value;

    private static List<T> Read<T>(string name, JsonTypeInfo<T> type)
    {
        using var reader = Resource.Open(name);
        var items = new List<T>();
        while (reader.ReadLine() is { } line)
            items.Add(JsonSerializer.Deserialize(line, type)!);
        return items;
    }

    [JsonSerializable(typeof(Passage))]
    [JsonSerializable(typeof(Question))]
    private sealed partial class CorpusJson : JsonSerializerContext;
}

/// <summary>A passage of the handbook.</summary>
/// <param name="Id">Unique in it.</param>
/// <param name="Title">A few words.</param>
/// <param name="Text">25 to 80 words.</param>
public sealed record Passage(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("text")] string Text);

/// <summary>A question that one passage answers.</summary>
/// <param name="Text">As a person would ask it.</param>
/// <param name="PassageId">The passage.</param>
public sealed record Question([property: JsonPropertyName("question")] string Text, [property: JsonPropertyName("id")] string PassageId);
