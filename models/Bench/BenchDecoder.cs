using Hybrid.Models.Publishing;
using Hybrid.Models.Tokenization;
using Hybrid.Models.Transformers;

namespace Hybrid.Models.Bench;

/// <summary><c>bench-generate</c>: a decoder as deep as DistilGPT-2, narrower, with the vocabulary of a Llama.</summary>
internal static class BenchDecoder
{
    public const string Name = "bench-generate";

    private const int VocabularySize = 32000;
    private const int MaxPositions = 1024;
    private const ulong Seed = 2;
    private const string End = "<|endoftext|>";

    // What was said so far, one turn after the other.
    private const string ChatTemplate = "{% for message in messages %}{{ message['content'] }}{% endfor %}";

    public static async Task WriteAsync(VersionFolder folder, CancellationToken cancellationToken)
    {
        var vocabulary = BytePairVocabulary.OfCorpus(End).FilledUp(VocabularySize);
        var shape = new GptShape(VocabularySize, HiddenSize: 384, Layers: 6, Heads: 6, MaxPositions, vocabulary.Special(End));
        var config = BytePairFiles.ConfigJson(MaxPositions, begin: End, end: End, padding: End, ChatTemplate);
        await folder.WriteAsync(GptGraph.Build(shape, Seed), BenchModels.ExternalFrom, cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync("config.json", shape.Config(), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync("generation_config.json", shape.GenerationConfig(), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(TokenizerFiles.Tokenizer, BytePairFiles.TokenizerJson(vocabulary), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(TokenizerFiles.Config, config, cancellationToken).ConfigureAwait(false);
    }
}
