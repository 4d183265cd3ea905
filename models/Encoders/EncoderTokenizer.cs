using System.Text.Json.Nodes;
using Hybrid.Models.Tokenization;

namespace Hybrid.Models.Encoders;

/// <summary>The tokenizer of the two encoders: BERT's special tokens around the handbook's vocabulary.</summary>
public static class EncoderTokenizer
{
    private const string Pad = "[PAD]";
    private const string Begin = "[CLS]";
    private const string Separator = "[SEP]";

    public static Vocabulary Vocabulary { get; } = CorpusVocabulary.With(Pad, Begin, Separator);

    public static JsonObject Tokenizer() =>
        TokenizerFiles.TokenizerJson(Vocabulary, TokenizerFiles.PairTemplate(Vocabulary, Begin, Separator));

    /// <param name="maxLength">Tokens of the longest input.</param>
    public static JsonObject Config(int maxLength) =>
        TokenizerFiles.ConfigJson(maxLength, ("pad_token", Pad), ("cls_token", Begin), ("sep_token", Separator));
}
