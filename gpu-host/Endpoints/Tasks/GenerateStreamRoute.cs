using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Endpoints.Tasks;

/// <summary>A text that is sent while it is made.</summary>
internal sealed class GenerateStreamRoute(ModelsState models) : TaskRoute<GenerateRequest>(models, "chat")
{
    public override bool OutlivesItsAnswer => true;

    public override Task? WriteLateErrorAsync(HttpResponse response, Error error) => GenerateFrames.WriteFailureAsync(response, error);

    protected override (string Name, int Version) ModelOf(GenerateRequest request) => (request.Model, 0);

    protected override async ValueTask AnswerAsync(HttpResponse response, LoadedModel model, GenerateRequest request, RequestBudget budget)
    {
        using var stream = await model.Admission.BeginAsync(
            WorkUnits.Of(request, model.Description.MaxTokens),
            budget,
            () => model.Generate.BeginAsync(request, budget),
            async stream => WorkUnits.OfTokens((await stream.EndAsync()).CompletionTokens));
        await GenerateFrames.WriteAsync(response, stream, budget.Token);
        ReplyAttributes.Add(stream.Begin, await stream.EndAsync());
    }
}
