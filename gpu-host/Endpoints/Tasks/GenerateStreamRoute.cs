using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Endpoints.Tasks;

/// <summary>A text that is sent while it is made.</summary>
internal sealed class GenerateStreamRoute(IModelLoads loads) : TaskRoute<GenerateRequest, GenerationStream>(loads, "chat")
{
    public override bool OutlivesItsAnswer => true;

    public override Task? WriteLateErrorAsync(HttpResponse response, Error error) => GenerateFrames.WriteFailureAsync(response, error);

    protected override (string Name, int Version) ModelOf(HttpContext http, GenerateRequest call) => (call.Model, 0);

    protected override double WorkOf(LoadedModel model, GenerateRequest call) => WorkUnits.Of(call, model.Description.MaxTokens);

    protected override ValueTask<GenerationStream> RunAsync(LoadedModel model, GenerateRequest call, RequestBudget budget) =>
        new(model.Generate.BeginAsync(call, budget));

    // It has only begun.
    protected override void Made(AdmissionLease place, GenerationStream reply, RequestBudget budget) =>
        _ = ModelAdmission.CompleteAsync(place, budget, WorkDoneAsync(reply));

    protected override async ValueTask WriteAsync(HttpResponse response, GenerateRequest call, GenerationStream reply, RequestBudget budget)
    {
        await GenerateFrames.WriteAsync(response, reply, budget.Token);
        ReplyAttributes.Add(reply.Begin, await reply.EndAsync());
    }

    protected override void Release(GenerationStream reply) => reply.Dispose();

    private static async Task<double> WorkDoneAsync(GenerationStream stream) => WorkUnits.OfTokens((await stream.EndAsync()).CompletionTokens);
}
