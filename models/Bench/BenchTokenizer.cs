using System.Text.Json.Nodes;
using Hybrid.Models.Tokenization;

namespace Hybrid.Models.Bench;

/// <summary>The corpus' vocabulary filled up to a usual size, so that whatever a random model says is some text.</summary>
internal static class BenchTokenizer
{
    private const string Padding = "[PAD]";
    private const string Begin = "[CLS]";
    private const string Separator = "[SEP]";
    private const string End = "<|endoftext|>";

    // What was said so far, one turn after the other.
    private const string ChatTemplate = "{% for message in messages %}{{ message['content'] }}{% endfor %}";

    public static Vocabulary Encoder(int size) => CorpusVocabulary.With(Padding, Begin, Separator).FilledUp(size);

    public static JsonObject EncoderTemplate(Vocabulary vocabulary) => TokenizerFiles.PairTemplate(vocabulary, Begin, Separator);

    public static JsonObject EncoderConfig(int maxLength) =>
        TokenizerFiles.ConfigJson(maxLength, ("pad_token", Padding), ("cls_token", Begin), ("sep_token", Separator));

    public static Vocabulary Decoder(int size) => CorpusVocabulary.With(End).FilledUp(size);

    public static int EndToken(Vocabulary vocabulary) => vocabulary.Special(End);

    public static JsonObject DecoderConfig(int maxLength)
    {
        var config = TokenizerFiles.ConfigJson(maxLength, ("bos_token", End), ("eos_token", End), ("pad_token", End));
        config["chat_template"] = ChatTemplate;
        return config;
    }
}
