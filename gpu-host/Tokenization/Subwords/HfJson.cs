using System.Text;
using System.Text.Json;

namespace Hybrid.GpuHost.Tokenization.Subwords;

/// <summary>
/// The two JSON texts that the operator HfJsonTokenizer takes, holding the model and nothing else: what surrounds it (special tokens,
/// normalizing, cutting) is done by <see cref="HfTokenizer"/>, and an operator that knows no special token can make none.
/// </summary>
internal static class HfJson
{
    // The class only says which algorithm: byte-pair encoding here, Unigram below.
    public const string BpeConfiguration = """{"tokenizer_class":"PreTrainedTokenizer","add_bos_token":false,"add_eos_token":false}""";
    public const string UnigramConfiguration = """{"tokenizer_class":"XLMRobertaTokenizer","add_bos_token":false,"add_eos_token":false}""";

    // This decoder makes the operator merge what it gets as one word, without cutting it again.
    private const string WholeWords = """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "}]}""";

    public static string Bpe(JsonElement model) => Write(writer =>
    {
        writer.WritePropertyName("decoder");
        writer.WriteRawValue(WholeWords);
        writer.WriteStartObject("model");
        writer.WritePropertyName("vocab");
        model.GetProperty("vocab").WriteTo(writer);
        writer.WriteStartArray("merges");
        foreach (var merge in model.GetProperty("merges").EnumerateArray())
        {
            WritePair(writer, merge);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <param name="model">The Unigram model.</param>
    /// <param name="charsMap">SentencePiece's compiled normalization, Base64; null: none.</param>
    /// <param name="special">Ids whose texts must never be found in a text.</param>
    public static string Unigram(JsonElement model, string? charsMap, IReadOnlySet<int> special) => Write(writer =>
    {
        if (charsMap is not null)
        {
            writer.WriteStartObject("normalizer");
            writer.WriteString("precompiled_charsmap", charsMap);
            writer.WriteEndObject();
        }

        writer.WriteStartObject("model");
        writer.WriteNumber("unk_id", model.Number("unk_id", 0));
        writer.WriteStartArray("vocab");
        var id = 0;
        foreach (var entry in model.GetProperty("vocab").EnumerateArray())
        {
            if (special.Contains(id))
            {
                // Keeps the place in the list; a noncharacter cannot come out of a text's normalization.
                writer.WriteStartArray();
                writer.WriteStringValue($"\uFDD0{id}");
                writer.WriteNumberValue(-1000);
                writer.WriteEndArray();
            }
            else
            {
                entry.WriteTo(writer);
            }

            id++;
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>Always as two texts: from one text the operator would take carriage returns away, and with them the tokens that hold one.</summary>
    private static void WritePair(Utf8JsonWriter writer, JsonElement merge)
    {
        writer.WriteStartArray();
        if (merge.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStringValue(merge[0].GetString());
            writer.WriteStringValue(merge[1].GetString());
        }
        else
        {
            var pair = merge.GetString()!;
            var space = pair.IndexOf(' ', 1);
            writer.WriteStringValue(pair.AsSpan(0, space));
            writer.WriteStringValue(pair.AsSpan(space + 1));
        }

        writer.WriteEndArray();
    }

    private static string Write(Action<Utf8JsonWriter> body)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            body(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
