using Hybrid.Models.Encoders;
using Hybrid.Models.Publishing;
using Hybrid.Models.Tokenization;
using Hybrid.Models.Transformers;

namespace Hybrid.Models.Bench;

/// <summary><c>bench-embed</c>: the size of all-MiniLM-L6-v2, with which most people begin.</summary>
internal static class BenchEncoder
{
    public const string Name = "bench-embed";

    /// <summary>What its weights are made from where nobody asks for others.</summary>
    public const ulong Seed = 1;

    private static readonly BertShape Shape = new(
        VocabularySize: 30522, HiddenSize: 384, Layers: 6, Heads: 12, IntermediateSize: 1536, MaxPositions: 512);

    public static async Task WriteAsync(VersionFolder folder, ulong seed, CancellationToken cancellationToken)
    {
        var vocabulary = WordPieceVocabulary.OfCorpus.FilledUp(Shape.VocabularySize);
        await folder.WriteAsync(BertGraph.Build(Shape, seed), BenchModels.ExternalFrom, cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync("config.json", Shape.Config(), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(TokenizerFiles.Tokenizer, WordPieceFiles.TokenizerJson(vocabulary.Entries), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(TokenizerFiles.Config, WordPieceFiles.ConfigJson(Shape.MaxPositions), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(SentenceTransformer.ModulesFile, SentenceTransformer.Modules(), cancellationToken).ConfigureAwait(false);
        await folder.WriteAsync(SentenceTransformer.PoolingFile, SentenceTransformer.MeanPooling(Shape.HiddenSize), cancellationToken).ConfigureAwait(false);
    }
}
