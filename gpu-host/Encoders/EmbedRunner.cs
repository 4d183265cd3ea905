using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Encoders;

/// <summary>A batch of texts to their vectors.</summary>
public sealed class EmbedRunner(IInferenceEngine engine, ModelDescription model, int padTokenId) : IBatchRunner<EncodedText, ReadOnlyMemory<float>>
{
    private readonly EncoderSession _session = new(engine, EncoderOutput.Of(engine.Signature)!.Name, padTokenId);

    public int TokensOf(EncodedText item) => item.Ids.Length;

    public void Run(ReadOnlySpan<EncodedText> items, Span<ReadOnlyMemory<float>> results, CancellationToken cancellationToken)
    {
        using var outputs = _session.Run(items, cancellationToken);
        var values = outputs[0].GetTensorDataAsSpan<float>();
        var dimensions = model.Dimensions;
        var width = values.Length / (items.Length * dimensions);
        var vectors = new float[items.Length * dimensions];
        for (var i = 0; i < items.Length; i++)
        {
            var vector = vectors.AsSpan(i * dimensions, dimensions);
            var tokens = values.Slice(i * width * dimensions, width * dimensions);
            VectorPooling.Pool(model.Pooling, model.Pooling == Pooling.None ? tokens : tokens[..(items[i].Ids.Length * dimensions)], vector);
            results[i] = vectors.AsMemory(i * dimensions, dimensions);
        }
    }
}
