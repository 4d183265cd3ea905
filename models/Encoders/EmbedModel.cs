using System.Text.Json.Nodes;
using Hybrid.Models.Publishing;
using Hybrid.Models.Tokenization;
using Hybrid.Onnx;

namespace Hybrid.Models.Encoders;

/// <summary>
/// <c>demo-embed</c>: a text is the mean of its words' vectors, each weighed by how rare it is. The graph gives the weighed vectors as
/// <c>last_hidden_state</c>; the mean and the unit length come from the host, as for every sentence-transformers model.
/// </summary>
public static class EmbedModel
{
    public const string Name = "demo-embed";
    public const int Dimensions = 256;
    public const int MaxTokens = 512;

    public static async Task WriteAsync(VersionFolder folder, CancellationToken cancellationToken)
    {
        await folder.WriteAsync(Graph(WordPieceVocabulary.OfCorpus), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync("config.json", Config(), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(TokenizerFiles.Tokenizer, WordPieceFiles.TokenizerJson(WordPieceVocabulary.OfCorpus.Entries), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(TokenizerFiles.Config, WordPieceFiles.ConfigJson(MaxTokens), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(SentenceTransformer.ModulesFile, SentenceTransformer.Modules(), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(SentenceTransformer.PoolingFile, SentenceTransformer.MeanPooling(Dimensions), cancellationToken).ConfigureAwait(false);
    }

    private static OnnxModel Graph(WordPieceVocabulary vocabulary)
    {
        var table = TokenTable.For(vocabulary, Dimensions);
        for (var i = 0; i < table.Vectors.Length; i++)
            table.Vectors[i] *= table.Weights[i / Dimensions];

        var graph = new GraphBuilder(Name);
        var ids = graph.Input("input_ids", ElementType.Int64, "batch_size", "sequence_length");
        var mask = graph.Input("attention_mask", ElementType.Int64, "batch_size", "sequence_length");
        var words = graph.Gather(graph.Initializer("word_embeddings", table.Vectors, vocabulary.Size, Dimensions), ids);
        var real = graph.Unsqueeze(graph.Cast(mask, ElementType.Float), -1);
        graph.Output("last_hidden_state", graph.Mul(words, real), ElementType.Float, "batch_size", "sequence_length", Dimensions);
        return graph.Build();
    }

    private static JsonObject Config() => new()
    {
        ["architectures"] = new JsonArray("WeighedWordVectors"),
        ["model_type"] = "weighed-word-vectors",
        ["hidden_size"] = Dimensions,
        ["max_position_embeddings"] = MaxTokens,
        ["vocab_size"] = WordPieceVocabulary.OfCorpus.Size,
    };
}
