using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Hybrid.GpuHost.Tokenization.Decoding;
using Hybrid.GpuHost.Tokenization.Normalization;
using Hybrid.GpuHost.Tokenization.PreTokenization;
using Hybrid.GpuHost.Tokenization.Subwords;

namespace Hybrid.GpuHost.Tokenization;

/// <summary>
/// A Hugging Face <c>tokenizer.json</c>, in its own five steps: 1. added tokens are cut out, 2. the rest is normalized, 3. cut into
/// words, 4. each word becomes subwords (an operator of the ONNX Runtime extensions), 5. special tokens are put around.
/// </summary>
/// <remarks>
/// A text from outside cannot make a special token: step 1 reads them only in what a template wrote, the vocabularies that step 4 sees
/// have none, and step 5 takes them from the file.
/// </remarks>
public sealed class HfTokenizer : ITextTokenizer
{
    private readonly AddedTokenSplitter _addedTokens;
    private readonly Func<string, string> _normalize;
    private readonly PreTokenizerStep _preTokenize;
    private readonly ISubwordModel _model;
    private readonly SpecialTokenTemplate _template;
    private readonly TokenPieces _pieces;

    private HfTokenizer(JsonElement tokenizer, JsonElement configuration)
    {
        var added = AddedToken.Read(tokenizer);
        var special = added.Where(token => token.Special).ToArray();
        var specialIds = special.Select(token => token.Id).ToFrozenSet();
        var model = tokenizer.Field("model");
        var vocabulary = new Vocabulary(model, added);

        _addedTokens = new AddedTokenSplitter(added);
        _normalize = Normalizer.Read(tokenizer.Field("normalizer"));
        _template = SpecialTokenTemplate.Read(tokenizer.Field("post_processor"));
        _pieces = new TokenPieces(vocabulary.Texts, specialIds, added.Select(token => token.Id).ToFrozenSet(), tokenizer.Field("decoder"));
        (_preTokenize, _model) = Read(tokenizer, model, vocabulary, specialIds);

        VocabularySize = vocabulary.Count;
        SpecialTokens = special.ToFrozenDictionary(token => token.Text, token => token.Id, StringComparer.Ordinal);
        PadTokenId = PadOf(tokenizer, configuration, vocabulary);
    }

    public int VocabularySize { get; }

    public IReadOnlyDictionary<string, int> SpecialTokens { get; }

    public int PadTokenId { get; }

    /// <summary>Reads <c>tokenizer.json</c>, and <c>tokenizer_config.json</c> if it is there, from a model's folder.</summary>
    /// <exception cref="InvalidDataException">A file is unreadable, or asks for something that is not supported; the message says what.</exception>
    public static HfTokenizer Load(string folder)
    {
        try
        {
            using var tokenizer = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tokenizer.json")));
            var configurationPath = Path.Combine(folder, "tokenizer_config.json");
            using var configuration = JsonDocument.Parse(File.Exists(configurationPath) ? File.ReadAllBytes(configurationPath) : "{}"u8.ToArray());
            return new HfTokenizer(tokenizer.RootElement, configuration.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or FileNotFoundException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"The tokenizer cannot be read: {exception.Message}", exception);
        }
    }

    public int[] Tokenize(string text) => [.. Ids(MarkedText.Outside(text))];

    public int[] Tokenize(MarkedText prompt, bool addSpecialTokens = false)
    {
        var ids = Ids(prompt);
        return addSpecialTokens ? _template.Single(ids, int.MaxValue).Ids : [.. ids];
    }

    public EncodedText Encode(string text, int maxTokens = int.MaxValue) => _template.Single(Ids(MarkedText.Outside(text)), maxTokens);

    public IReadOnlyList<EncodedText> EncodePairs(string first, IReadOnlyList<string> seconds, int maxTokens = int.MaxValue)
    {
        var firstIds = Ids(MarkedText.Outside(first));
        return [.. seconds.Select(second => _template.Pair(firstIds, Ids(MarkedText.Outside(second)), maxTokens))];
    }

    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var detokenizer = CreateDetokenizer(skipSpecialTokens);
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            text.Append(detokenizer.Append(id));
        }

        return text.Append(detokenizer.Flush()).ToString();
    }

    public Detokenizer CreateDetokenizer(bool skipSpecialTokens = true) => new(_pieces, skipSpecialTokens);

    public void Dispose() => _model.Dispose();

    private static (PreTokenizerStep, ISubwordModel) Read(JsonElement tokenizer, JsonElement model, Vocabulary vocabulary, FrozenSet<int> special)
    {
        var preTokenizer = tokenizer.Field("pre_tokenizer");
        switch (TypeOf(model))
        {
            case "BPE":
                return (PreTokenizer.Read(preTokenizer), new BpeModel(model, vocabulary));
            case "WordPiece":
                return (PreTokenizer.Read(preTokenizer), new WordPieceModel(model, vocabulary));
            case "Unigram" when UnigramModel.DoesItself(preTokenizer):
                return ((pieces, _) => pieces, new UnigramModel(model, tokenizer.Field("normalizer"), special));
            case "Unigram":
                throw new InvalidDataException($"tokenizer.json: the pre-tokenizer '{preTokenizer.TypeName()}' before a Unigram model is not supported.");
            case var type:
                throw new InvalidDataException($"tokenizer.json: a model of type '{type}' is not supported; BPE, WordPiece and Unigram are.");
        }
    }

    /// <summary>Old files do not name the type; what the model consists of does.</summary>
    private static string TypeOf(JsonElement model) => model.TypeName() is { Length: > 0 } type ? type
        : model.Field("merges").ValueKind == JsonValueKind.Array ? "BPE"
        : model.Field("vocab").ValueKind == JsonValueKind.Array ? "Unigram"
        : "WordPiece";

    private static int PadOf(JsonElement tokenizer, JsonElement configuration, Vocabulary vocabulary)
    {
        var padding = tokenizer.Field("padding");
        if (padding.Field("pad_id").ValueKind == JsonValueKind.Number)
        {
            return padding.GetProperty("pad_id").GetInt32();
        }

        // A model without padding masks whatever stands there; 0 is a token of every vocabulary.
        return vocabulary.IdOf(configuration.TokenText("pad_token")) ?? 0;
    }

    private List<int> Ids(MarkedText text)
    {
        var ids = new List<int>();
        var atStart = true;
        foreach (var (piece, token) in _addedTokens.Split(text))
        {
            if (token is not null)
            {
                ids.Add(token.Id);
            }
            else if (_normalize(piece) is { Length: > 0 } normalized)
            {
                _model.Tokenize([.. _preTokenize([normalized], atStart)], ids);
            }

            atStart = false;
        }

        return ids;
    }
}
