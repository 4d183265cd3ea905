using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hybrid.GpuHost.Tokenization.Subwords;

/// <summary>Every token's text and number, added tokens included.</summary>
internal sealed class Vocabulary
{
    // Above every tokenizer there is, and far below what would exhaust memory: a number in the file must not size an array unchecked.
    private const int MostTokens = 4_000_000;

    private readonly FrozenDictionary<string, int> _ids;
    private readonly FrozenSet<int> _special;

    public Vocabulary(JsonElement model, IReadOnlyList<AddedToken> added)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (text, id) in Entries(model).Concat(added.Select(token => (token.Text, token.Id))))
        {
            ids[text] = id is >= 0 and < MostTokens
                ? id
                : throw new InvalidDataException($"tokenizer.json: token id {id} is outside 0 to {MostTokens}.");
        }

        if (ids.Count == 0)
        {
            throw new InvalidDataException("tokenizer.json: the vocabulary is empty.");
        }

        _ids = ids.ToFrozenDictionary(StringComparer.Ordinal);
        _special = added.Where(token => token.Special).Select(token => token.Id).ToFrozenSet();
        Texts = new string?[ids.Values.Max() + 1];
        foreach (var (text, id) in ids)
        {
            Texts[id] = text;
        }
    }

    /// <summary>By token id; null where a number stands for nothing.</summary>
    public string?[] Texts { get; }

    public int Count => Texts.Length;

    public int? IdOf(string text) => _ids.TryGetValue(text, out var id) ? id : null;

    public FrozenDictionary<string, int> WithoutSpecial() =>
        _ids.Where(entry => !_special.Contains(entry.Value)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A dictionary, or for Unigram a list of [text, score] whose places are the ids.</summary>
    private static IEnumerable<(string Text, int Id)> Entries(JsonElement model) => model.Field("vocab") switch
    {
        { ValueKind: JsonValueKind.Object } vocabulary => vocabulary.EnumerateObject().Select(entry => (entry.Name, entry.Value.GetInt32())),
        { ValueKind: JsonValueKind.Array } vocabulary => vocabulary.EnumerateArray().Select((entry, id) => (entry[0].GetString()!, id)),
        _ => throw new InvalidDataException("tokenizer.json: the model has no vocabulary."),
    };
}

[JsonSerializable(typeof(IReadOnlyDictionary<string, int>))]
internal sealed partial class VocabularyJson : JsonSerializerContext;
