using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Generation.Decoding;
using Hybrid.GpuHost.Generation.Scheduling;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Prompting;
using Hybrid.GpuHost.Prompting.Templates;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tokenization;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Generation;

/// <summary>Makes the generate path of a model that was just loaded.</summary>
public sealed class GeneratePaths(IOptions<GenerationOptions> options, IOptions<PromptingOptions> prompting, TimeProvider time)
{
    /// <exception cref="InvalidDataException">The graph, the chat template or the system message cannot be used; the message says why.</exception>
    public GeneratePath Create(ModelDescription model, IInferenceEngine engine, ITextTokenizer tokenizer, ModelMetrics metrics)
    {
        var template = ChatTemplate.Load(model.Folder, time);
        var system = SystemMessage.Load(prompting.Value.SystemMessageOf(model.Id.Name), template, tokenizer);
        var decoder = new Decoder(engine);
        Warm(decoder, tokenizer.PadTokenId);
        var scheduler = new GenerationScheduler(decoder, options.Value, tokenizer.PadTokenId, model.MaxTokens, model.Id.ToString(), metrics, time);
        var prompts = PromptPipeline.Create(template, system, tokenizer, model.MaxTokens, scheduler, prompting.Value, metrics, time);
        return new GeneratePath(model, tokenizer, prompts, scheduler, time);
    }

    // The first runs allocate and compile what later ones reuse, and show a graph that loads but does not compute: one with an empty
    // cache, one with a cache.
    private static void Warm(Decoder decoder, int token)
    {
        using var cache = new KeyValueCache(decoder.Layout, rows: 1);
        for (var position = 0; position < 2; position++)
        {
            var mask = new long[position + 1];
            Array.Fill(mask, 1);
            decoder.Run(new TokenBlock(1, 1, [token], [position], mask), cache, CancellationToken.None).Dispose();
        }
    }
}
