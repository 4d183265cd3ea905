using Hybrid.GpuHost.Generation.Scheduling;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Prompting.Stages;

/// <summary>
/// Stage 4: hands the finished prompt to the scheduler, and waits with it until there is a place: this is where a slow device begins to
/// hold up the stages before.
/// </summary>
internal sealed class PromptExecutor(GenerationScheduler scheduler, ModelMetrics metrics)
{
    public async ValueTask<AcceptedPrompt> ExecuteAsync(PromptRequest request, FittedPrompt prompt)
    {
        var tokenized = request.Worked;
        metrics.Tokenized(tokenized, prompt.Tokens.Length);
        metrics.DocumentsLeftOut(prompt.DocumentsLeftOut);
        var sequence = request.Begin(prompt.Tokens);
        var place = await scheduler.EnqueueAsync(sequence);
        return new AcceptedPrompt(sequence, request.WaitedUntil(sequence.Enqueued), tokenized, place);
    }
}
