using System.Text.Json;
using Hybrid.Contracts.Errors;

namespace Hybrid.GpuHost.Tokenization;

/// <summary>Which special tokens stand around a text and a pair of texts: the <c>post_processor</c> section of a tokenizer.json.</summary>
internal sealed class SpecialTokenTemplate
{
    private readonly Part[] _single;
    private readonly Part[] _pair;

    private SpecialTokenTemplate(Part[] single, Part[] pair) => (_single, _pair) = (single, pair);

    /// <exception cref="InvalidDataException">A post-processor that is not known, by its name.</exception>
    public static SpecialTokenTemplate Read(JsonElement section) => Find(section)
        ?? new SpecialTokenTemplate([Part.Text(first: true, 0)], [Part.Text(first: true, 0), Part.Text(first: false, 1)]);

    /// <summary>The tokens of a text with what belongs around them, cut to <paramref name="maxTokens"/>.</summary>
    public EncodedText Single(List<int> text, int maxTokens) => Fill(_single, text, [], maxTokens, cutFirst: true);

    /// <summary>A pair, of which the second is cut.</summary>
    public EncodedText Pair(List<int> first, List<int> second, int maxTokens) => Fill(_pair, first, second, maxTokens, cutFirst: false);

    private static EncodedText Fill(Part[] template, List<int> first, List<int> second, int maxTokens, bool cutFirst)
    {
        var cut = cutFirst ? first.Count : second.Count;
        var room = maxTokens - template.Count(part => part.SpecialId is not null) - (cutFirst ? 0 : first.Count);
        if (room < Math.Min(cut, 1))
        {
            throw new HybridException(
                ErrorCode.Unprocessable,
                cutFirst
                    ? $"The model takes {maxTokens} tokens, which its special tokens alone fill."
                    : $"The first text of the pair has {first.Count} tokens; of the model's {maxTokens} none is left for the second.");
        }

        var kept = Math.Min(cut, room);
        var ids = new List<int>();
        var types = new List<int>();
        foreach (var part in template)
        {
            if (part.SpecialId is { } special)
            {
                ids.Add(special);
            }
            else
            {
                var text = part.First ? first : second;
                ids.AddRange(part.First == cutFirst ? text.Take(kept) : text);
            }

            types.AddRange(Enumerable.Repeat(part.TypeId, ids.Count - types.Count));
        }

        return new EncodedText([.. ids], [.. types], cut - kept);
    }

    private static SpecialTokenTemplate? Find(JsonElement section) => section.TypeName() switch
    {
        "" or "ByteLevel" => null,
        "Sequence" => section.GetProperty("processors").EnumerateArray().Select(Find).FirstOrDefault(template => template is not null),
        "TemplateProcessing" => new SpecialTokenTemplate(Template(section, "single"), Template(section, "pair")),
        "BertProcessing" => Around(section, separators: 1, secondType: 1),
        "RobertaProcessing" => Around(section, separators: 2, secondType: 0),
        var name => throw new InvalidDataException($"tokenizer.json: the post-processor '{name}' is not supported."),
    };

    private static SpecialTokenTemplate Around(JsonElement section, int separators, int secondType)
    {
        var start = Part.Special(section.GetProperty("cls")[1].GetInt32(), 0);
        var end = section.GetProperty("sep")[1].GetInt32();
        var between = Enumerable.Repeat(Part.Special(end, 0), separators);
        return new SpecialTokenTemplate(
            [start, Part.Text(first: true, 0), Part.Special(end, 0)],
            [start, Part.Text(first: true, 0), .. between, Part.Text(first: false, secondType), Part.Special(end, secondType)]);
    }

    private static Part[] Template(JsonElement section, string name)
    {
        var ids = section.Field("special_tokens");
        return [.. section.GetProperty(name).EnumerateArray().SelectMany(part => Parts(part, ids))];
    }

    private static IEnumerable<Part> Parts(JsonElement part, JsonElement ids)
    {
        if (part.Field("Sequence") is { ValueKind: JsonValueKind.Object } sequence)
        {
            return [Part.Text(sequence.Text("id", "A") == "A", sequence.Number("type_id", 0))];
        }

        var special = part.GetProperty("SpecialToken");
        return ids.GetProperty(special.Text("id", "")).GetProperty("ids").EnumerateArray()
            .Select(id => Part.Special(id.GetInt32(), special.Number("type_id", 0)));
    }

    /// <summary>A special token, or the place of the first or second text.</summary>
    private readonly record struct Part(int? SpecialId, bool First, int TypeId)
    {
        public static Part Text(bool first, int typeId) => new(null, first, typeId);

        public static Part Special(int id, int typeId) => new(id, false, typeId);
    }
}
