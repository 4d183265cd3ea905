using System.Runtime.InteropServices;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Encoders;

/// <summary>A batch of query-and-passage pairs to their raw scores.</summary>
public sealed class RerankRunner(IInferenceEngine engine, int padTokenId) : IBatchRunner<EncodedText, float>
{
    private readonly EncoderSession _session = new(engine.CreateInstance(["logits"]), padTokenId);

    public int TokensOf(EncodedText item) => item.Ids.Length;

    public void Run(ReadOnlySpan<EncodedText> items, Span<float> results, CancellationToken cancellationToken) =>
        MemoryMarshal.Cast<byte, float>(_session.Run(items, cancellationToken).Output(0)).CopyTo(results);
}
