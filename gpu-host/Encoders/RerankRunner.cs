using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Encoders;

/// <summary>A batch of query-and-passage pairs to their raw scores.</summary>
public sealed class RerankRunner(IInferenceEngine engine, int padTokenId) : IBatchRunner<EncodedText, float>
{
    private readonly EncoderSession _session = new(engine, "logits", padTokenId);

    public int TokensOf(EncodedText item) => item.Ids.Length;

    public void Run(ReadOnlySpan<EncodedText> items, Span<float> results, CancellationToken cancellationToken)
    {
        using var outputs = _session.Run(items, cancellationToken);
        outputs[0].GetTensorDataAsSpan<float>().CopyTo(results);
    }
}
