using System.Runtime.InteropServices;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Execution.Leases;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Encoders;

/// <summary>A batch of texts to their vectors, which are parts of a <see cref="LeasedMemory{T}"/>: whoever gets one gives it back.</summary>
public sealed class EmbedRunner(IInferenceEngine engine, ModelDescription model, int padTokenId) : IBatchRunner<EncodedText, ReadOnlyMemory<float>>
{
    private readonly EncoderSession _session = new(engine.CreateInstance([EncoderOutput.Of(engine.Signature)!.Name]), padTokenId);
    private readonly LeasePool<float> _vectors = new();

    /// <summary>Batches of which a vector was not given back yet.</summary>
    public int LentBuffers => _vectors.Lent;

    public int TokensOf(EncodedText item) => item.Ids.Length;

    public void Run(ReadOnlySpan<EncodedText> items, Span<ReadOnlyMemory<float>> results, CancellationToken cancellationToken)
    {
        var values = MemoryMarshal.Cast<byte, float>(_session.Run(items, cancellationToken).Output(0));
        var dimensions = model.Dimensions;
        var width = values.Length / (items.Length * dimensions);
        var vectors = _vectors.Rent(items.Length * dimensions, items.Length).Memory;
        for (var i = 0; i < items.Length; i++)
        {
            var vector = vectors.Slice(i * dimensions, dimensions);
            var tokens = values.Slice(i * width * dimensions, width * dimensions);
            VectorPooling.Pool(model.Pooling, model.Pooling == Pooling.None ? tokens : tokens[..(items[i].Ids.Length * dimensions)], vector.Span);
            results[i] = vector;
        }
    }

    public void Release(ReadOnlyMemory<float> result) => LeasedMemory.Return(result);
}
