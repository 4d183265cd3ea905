using Hybrid.GpuHost.Encoders;
using Hybrid.GpuHost.Generation;
using Hybrid.GpuHost.Tensors;

namespace Hybrid.GpuHost.Models;

/// <summary>The ways through one model. Raw tensors always; of the others the one that its task has.</summary>
/// <param name="Tensors">Raw tensors.</param>
/// <param name="Tokenizer">What the others hold of it.</param>
/// <param name="Embed">Texts to vectors.</param>
/// <param name="Rerank">Texts to scores.</param>
/// <param name="Generate">Prompts to answers.</param>
public sealed record ModelPaths(
    TensorPath Tensors, IDisposable? Tokenizer = null, EmbedPath? Embed = null, RerankPath? Rerank = null, GeneratePath? Generate = null) : IAsyncDisposable
{
    public int QueueLength => Tensors.QueueLength + (Embed?.QueueLength ?? 0) + (Rerank?.QueueLength ?? 0) + (Generate?.QueueLength ?? 0);

    public int LentBuffers => Tensors.LentBuffers + (Embed?.LentBuffers ?? 0);

    /// <summary>Begins as the paths of <paramref name="before"/>, which get no more requests, end.</summary>
    public void TakeOver(ModelPaths before)
    {
        Tensors.TakeOver(before.Tensors);
        if (Embed is not null && before.Embed is not null)
        {
            Embed.TakeOver(before.Embed);
        }

        if (Rerank is not null && before.Rerank is not null)
        {
            Rerank.TakeOver(before.Rerank);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Tensors.DisposeAsync();
        await (Embed?.DisposeAsync() ?? default);
        await (Rerank?.DisposeAsync() ?? default);
        await (Generate?.DisposeAsync() ?? default);
        Tokenizer?.Dispose();
    }
}
