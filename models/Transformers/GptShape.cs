using System.Text.Json.Nodes;

namespace Hybrid.Models.Transformers;

/// <summary>The size of a GPT-2 decoder, by the names of its config.json.</summary>
/// <param name="VocabularySize"><c>vocab_size</c></param>
/// <param name="HiddenSize"><c>n_embd</c></param>
/// <param name="Layers"><c>n_layer</c></param>
/// <param name="Heads"><c>n_head</c></param>
/// <param name="MaxPositions"><c>n_positions</c>: tokens of a prompt and its answer together.</param>
/// <param name="EndToken">Begins and ends a text.</param>
public sealed record GptShape(int VocabularySize, int HiddenSize, int Layers, int Heads, int MaxPositions, int EndToken)
{
    public int HeadSize => HiddenSize / Heads;

    /// <summary>GPT-2's feed-forward layers are four times as wide.</summary>
    public int InnerSize => 4 * HiddenSize;

    /// <summary><c>config.json</c>.</summary>
    public JsonObject Config() => new()
    {
        ["activation_function"] = "gelu",
        ["architectures"] = new JsonArray("GPT2LMHeadModel"),
        ["bos_token_id"] = EndToken,
        ["eos_token_id"] = EndToken,
        ["layer_norm_epsilon"] = GptGraph.Epsilon,
        ["model_type"] = "gpt2",
        ["n_ctx"] = MaxPositions,
        ["n_embd"] = HiddenSize,
        ["n_head"] = Heads,
        ["n_layer"] = Layers,
        ["n_positions"] = MaxPositions,
        ["tie_word_embeddings"] = false,
        ["vocab_size"] = VocabularySize,
    };

    /// <summary><c>generation_config.json</c>.</summary>
    public JsonObject GenerationConfig() => new() { ["bos_token_id"] = EndToken, ["eos_token_id"] = EndToken };
}
