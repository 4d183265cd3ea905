using System.Text.Json.Nodes;
using Hybrid.Models.Encoders;
using Hybrid.Models.Tokenization;
using Hybrid.Models.Transformers;

namespace Hybrid.ModelFixtures;

/// <summary>
/// Exports as they come: a flat folder, no version, no manifest. <c>optimum-cli export onnx</c> leaves model.onnx at the top; what people
/// upload to the hub has it below onnx/, and sentence-transformers' files around it.
/// </summary>
public static class HuggingFaceFixtures
{
    public const int EncoderDimensions = 32;
    public const int MaxPositions = 128;

    private const ulong Seed = 7;

    private static readonly WordPieceVocabulary EncoderWords = new(
        ["the", "is", "of", "and", "to", "in", "how", "what", "batch", "queue", "model", "weight", "cafe"]);

    /// <summary>The encoder's tokens; the index is the id.</summary>
    public static IReadOnlyList<string> EncoderVocabulary => EncoderWords.Entries;

    /// <summary>A sentence-transformers BERT from the hub: WordPiece, lower case, mean pooling, onnx/model.onnx.</summary>
    public static async Task WriteEncoderAsync(string directory, CancellationToken cancellationToken)
    {
        var folder = new ExportFolder(directory);
        var shape = new BertShape(EncoderWords.Size, EncoderDimensions, Layers: 2, Heads: 4, IntermediateSize: 64, MaxPositions);
        await BertGraph.Build(shape, Seed).WriteAsync(folder.File("onnx/model.onnx"), cancellationToken);
        await folder.WriteAsync("config.json", shape.Config(), cancellationToken);
        await folder.WriteAsync("tokenizer.json", WordPieceFiles.TokenizerJson(EncoderVocabulary), cancellationToken);
        await folder.WriteAsync("tokenizer_config.json", WordPieceFiles.ConfigJson(MaxPositions), cancellationToken);
        await folder.WriteAsync("special_tokens_map.json", SpecialTokensMap(), cancellationToken);
        await File.WriteAllTextAsync(folder.File("vocab.txt"), string.Join('\n', EncoderVocabulary) + "\n", cancellationToken);
        await folder.WriteAsync("sentence_bert_config.json", new JsonObject { ["max_seq_length"] = MaxPositions, ["do_lower_case"] = false }, cancellationToken);
        await folder.WriteAsync(SentenceTransformer.ModulesFile, SentenceTransformer.Modules(), cancellationToken);
        await folder.WriteAsync(SentenceTransformer.PoolingFile, SentenceTransformer.MeanPooling(EncoderDimensions), cancellationToken);

        static JsonObject SpecialTokensMap() => new()
        {
            ["cls_token"] = WordPieceVocabulary.Begin,
            ["mask_token"] = WordPieceVocabulary.Mask,
            ["pad_token"] = WordPieceVocabulary.Padding,
            ["sep_token"] = WordPieceVocabulary.Separator,
            ["unk_token"] = WordPieceVocabulary.Unknown,
        };
    }

    /// <summary>A GPT-2 exported by Optimum with past: byte-level BPE, model.onnx and model.onnx_data at the top.</summary>
    public static async Task WriteDecoderAsync(string directory, CancellationToken cancellationToken)
    {
        const string End = "<|endoftext|>";
        var folder = new ExportFolder(directory);
        var vocabulary = BytePairVocabulary.OfCorpus(End);
        var shape = new GptShape(vocabulary.Size, HiddenSize: 32, Layers: 2, Heads: 4, MaxPositions, vocabulary.Special(End));
        await GptGraph.Build(shape, Seed).WriteWithExternalDataAsync(folder.File("model.onnx"), threshold: 1024, cancellationToken);
        await folder.WriteAsync("config.json", shape.Config(), cancellationToken);
        await folder.WriteAsync("generation_config.json", shape.GenerationConfig(), cancellationToken);
        await folder.WriteAsync("tokenizer.json", BytePairFiles.TokenizerJson(vocabulary), cancellationToken);
        await folder.WriteAsync("special_tokens_map.json", SpecialTokens(), cancellationToken);

        var config = SpecialTokens();
        config["add_prefix_space"] = false;
        config["clean_up_tokenization_spaces"] = true;
        config["model_max_length"] = MaxPositions;
        config["tokenizer_class"] = "GPT2Tokenizer";
        config["added_tokens_decoder"] = new JsonObject { ["0"] = new JsonObject { ["content"] = End, ["special"] = true } };
        await folder.WriteAsync("tokenizer_config.json", config, cancellationToken);

        static JsonObject SpecialTokens() => new() { ["bos_token"] = End, ["eos_token"] = End, ["unk_token"] = End };
    }
}
