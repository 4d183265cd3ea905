using System.Text.Json.Nodes;
using Hybrid.Models.Publishing;
using Hybrid.Models.Tokenization;
using Hybrid.Onnx;

namespace Hybrid.Models.Encoders;

/// <summary>
/// <c>demo-rerank</c>: late interaction (ColBERT) behind the signature of a BERT cross-encoder. Every word of the query looks for its
/// best partner in the passage; the mean of these similarities, weighed by how rare the words are, becomes the logit.
/// </summary>
public static class RerankModel
{
    public const string Name = "demo-rerank";
    public const int MaxTokens = 512;
    private const int Dimensions = 256;

    // A similarity of 0.4, which about half of a question's words reach in a passage on its subject, is "maybe": logit 0.
    private const float Sharpness = 12;
    private const float Threshold = 0.4f;

    public static async Task WriteAsync(VersionFolder folder, CancellationToken cancellationToken)
    {
        await folder.WriteAsync(Graph(WordPieceVocabulary.OfCorpus), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync("config.json", Config(), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(TokenizerFiles.Tokenizer, WordPieceFiles.TokenizerJson(WordPieceVocabulary.OfCorpus.Entries), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(TokenizerFiles.Config, WordPieceFiles.ConfigJson(MaxTokens), cancellationToken).ConfigureAwait(false);
    }

    private static OnnxModel Graph(WordPieceVocabulary vocabulary)
    {
        var table = TokenTable.For(vocabulary, Dimensions);
        var graph = new GraphBuilder(Name);
        var ids = graph.Input("input_ids", ElementType.Int64, "batch_size", "sequence_length");
        var mask = graph.Input("attention_mask", ElementType.Int64, "batch_size", "sequence_length");
        var types = graph.Input("token_type_ids", ElementType.Int64, "batch_size", "sequence_length");

        // 1. Every token with every other: [batch, query, passage]. Special tokens have the zero vector, so they match nothing.
        var words = graph.Gather(graph.Initializer("word_embeddings", table.Vectors, vocabulary.Size, Dimensions), ids);
        var similarity = graph.MatMul(words, graph.Transpose(words, 0, 2, 1));

        // 2. Only columns of the passage count, and nothing is less alike than not at all.
        var real = graph.Cast(mask, ElementType.Float);
        var passage = graph.Mul(real, graph.Cast(types, ElementType.Float));
        var best = graph.ReduceMax(graph.Mul(graph.Max(similarity, graph.Constant(0f)), graph.Unsqueeze(passage, 1)), 2, keepDimensions: false);

        // 3. The weighed mean over the rows of the query.
        var weights = graph.Mul(
            graph.Gather(graph.Initializer("word_weights", table.Weights, vocabulary.Size), ids),
            graph.Sub(real, passage));
        var total = graph.Max(graph.ReduceSum(weights, 1), graph.Constant(1e-6f));
        var score = graph.Div(graph.ReduceSum(graph.Mul(best, weights), 1), total);

        var logits = graph.Mul(graph.Sub(score, graph.Constant(Threshold)), graph.Constant(Sharpness));
        graph.Output("logits", logits, ElementType.Float, "batch_size", 1);
        return graph.Build();
    }

    private static JsonObject Config() => new()
    {
        ["architectures"] = new JsonArray("LateInteractionForSequenceClassification"),
        ["model_type"] = "late-interaction",
        ["id2label"] = new JsonObject { ["0"] = "LABEL_0" },
        ["max_position_embeddings"] = MaxTokens,
        ["vocab_size"] = WordPieceVocabulary.OfCorpus.Size,
    };
}
