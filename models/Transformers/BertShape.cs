using System.Text.Json.Nodes;

namespace Hybrid.Models.Transformers;

/// <summary>The size of a BERT encoder, by the names of its config.json.</summary>
public sealed record BertShape(int VocabularySize, int HiddenSize, int Layers, int Heads, int IntermediateSize, int MaxPositions)
{
    /// <summary>Segments: the first and the second text of a pair.</summary>
    public int TypeVocabularySize { get; } = 2;

    public int HeadSize => HiddenSize / Heads;

    /// <summary><c>config.json</c>.</summary>
    public JsonObject Config() => new()
    {
        ["architectures"] = new JsonArray("BertModel"),
        ["model_type"] = "bert",
        ["hidden_act"] = "gelu",
        ["hidden_size"] = HiddenSize,
        ["intermediate_size"] = IntermediateSize,
        ["layer_norm_eps"] = BertGraph.Epsilon,
        ["max_position_embeddings"] = MaxPositions,
        ["num_attention_heads"] = Heads,
        ["num_hidden_layers"] = Layers,
        ["pad_token_id"] = 0,
        ["position_embedding_type"] = "absolute",
        ["type_vocab_size"] = TypeVocabularySize,
        ["vocab_size"] = VocabularySize,
    };
}
