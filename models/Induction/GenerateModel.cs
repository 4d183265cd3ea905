using System.Text.Json.Nodes;
using Hybrid.Models.Publishing;
using Hybrid.Models.Tokenization;

namespace Hybrid.Models.Induction;

/// <summary>
/// <c>demo-generate</c>: an induction transformer. Wherever the words so far stood before, it says what followed them there; the prompt
/// begins with the best passage behind the same token that ends it, so the answer is that passage, word for word, up to its end.
/// </summary>
public static class GenerateModel
{
    public const string Name = "demo-generate";

    /// <summary>Tokens of a prompt and its answer together: five passages of a hundred words twice over.</summary>
    public const int MaxTokens = 2048;

    public static async Task WriteAsync(VersionFolder folder, CancellationToken cancellationToken)
    {
        var vocabulary = PromptTokens.Vocabulary;
        await folder.WriteAsync(InductionGraph.Build(Name, vocabulary, MaxTokens), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync("config.json", Config(vocabulary), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync("generation_config.json", GenerationConfig(vocabulary), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(TokenizerFiles.Tokenizer, BytePairFiles.TokenizerJson(vocabulary), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(TokenizerFiles.Config, PromptTokens.TokenizerConfig(MaxTokens), cancellationToken).ConfigureAwait(false);
    }

    private static JsonObject Config(BytePairVocabulary vocabulary) => new()
    {
        ["architectures"] = new JsonArray("InductionForCausalLM"),
        ["model_type"] = "induction",
        ["hidden_size"] = InductionLayout.EmbeddingSize + InductionLayout.AttentionSize,
        ["num_hidden_layers"] = InductionLayout.Layers,
        ["num_attention_heads"] = InductionLayout.Heads,
        ["num_key_value_heads"] = InductionLayout.Heads,
        ["head_dim"] = InductionLayout.HeadSize,
        ["max_position_embeddings"] = MaxTokens,
        ["vocab_size"] = vocabulary.Size,
        ["bos_token_id"] = vocabulary.Special(PromptTokens.Answer),
        ["eos_token_id"] = vocabulary.Special(PromptTokens.End),
        ["pad_token_id"] = vocabulary.Special(PromptTokens.Padding),
        ["use_cache"] = true,
    };

    private static JsonObject GenerationConfig(BytePairVocabulary vocabulary) => new()
    {
        ["bos_token_id"] = vocabulary.Special(PromptTokens.Answer),
        ["eos_token_id"] = vocabulary.Special(PromptTokens.End),
        ["pad_token_id"] = vocabulary.Special(PromptTokens.Padding),
        ["do_sample"] = false,
    };
}
