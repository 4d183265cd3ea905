using Hybrid.GpuHost.Encoders;
using Hybrid.GpuHost.Generation;
using Hybrid.GpuHost.Tensors;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Models;

/// <summary>The ways through one model. Raw tensors always; of the others the one that its task has.</summary>
public sealed record ModelPaths(
    TensorPath Tensors, ITextTokenizer? Tokenizer = null, EmbedPath? Embed = null, RerankPath? Rerank = null, GeneratePath? Generate = null) : IAsyncDisposable
{
    public int QueueLength => Tensors.QueueLength + (Embed?.QueueLength ?? 0) + (Rerank?.QueueLength ?? 0) + (Generate?.QueueLength ?? 0);

    public int LentBuffers => Tensors.LentBuffers + (Embed?.LentBuffers ?? 0);

    public async ValueTask DisposeAsync()
    {
        await Tensors.DisposeAsync();
        await (Embed?.DisposeAsync() ?? default);
        await (Rerank?.DisposeAsync() ?? default);
        await (Generate?.DisposeAsync() ?? default);
        Tokenizer?.Dispose();
    }
}
