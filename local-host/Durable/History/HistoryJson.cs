using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hybrid.LocalHost.Durable.History;

/// <summary>How events, failures and tags are written in the database: readable JSON, so that <c>sqlite3</c> is a debugger.</summary>
[JsonSerializable(typeof(HistoryEvent))]
[JsonSerializable(typeof(Failure))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class HistoryJson : JsonSerializerContext
{
    private static readonly Dictionary<string, string> NoTags = [];

    // Payloads are JSON inside a JSON string: the relaxed encoder keeps them half as long, and nothing here reaches a browser.
    private static readonly HistoryJson Relaxed = new(new JsonSerializerOptions
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Write(HistoryEvent value) => JsonSerializer.Serialize(value, Relaxed.HistoryEvent);

    public static HistoryEvent ReadEvent(string json) =>
        JsonSerializer.Deserialize(json, Relaxed.HistoryEvent) ?? throw new JsonException("A history event is null.");

    public static string? Write(Failure? value) => value is null ? null : JsonSerializer.Serialize(value, Relaxed.Failure);

    public static Failure? ReadFailure(string? json) => json is null ? null : JsonSerializer.Deserialize(json, Relaxed.Failure);

    public static string? Write(IReadOnlyDictionary<string, string>? tags) =>
        tags is null || tags.Count == 0 ? null : JsonSerializer.Serialize(new Dictionary<string, string>(tags), Relaxed.DictionaryStringString);

    public static IReadOnlyDictionary<string, string> ReadTags(string? json) =>
        json is null ? NoTags : JsonSerializer.Deserialize(json, Relaxed.DictionaryStringString) ?? NoTags;
}
