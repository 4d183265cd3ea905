using Hybrid.Contracts.Codec;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Endpoints.Tasks;

/// <summary>A task whose answer comes in one piece.</summary>
/// <param name="loads">Gives the model.</param>
/// <param name="operation">OpenTelemetry's name of the task.</param>
/// <param name="modelOf">The request's model, and the version that is wanted; 0: the one that is served.</param>
/// <param name="workOf">The request's size in <see cref="WorkUnits"/>.</param>
/// <param name="run">The model's path for it.</param>
/// <param name="workDone">Its size where that is known only from the answer.</param>
/// <param name="outlivesItsAnswer">See <see cref="WorkRoute.OutlivesItsAnswer"/>.</param>
/// <param name="release">Gives back what the answer lies in, when it was written.</param>
internal sealed class ReplyRoute<TRequest, TReply>(
    IModelLoads loads,
    string operation,
    Func<TRequest, (string Name, int Version)> modelOf,
    Func<LoadedModel, TRequest, double> workOf,
    Func<LoadedModel, TRequest, RequestBudget, ValueTask<TReply>> run,
    Func<TReply, double>? workDone = null,
    bool outlivesItsAnswer = false,
    Action<TReply>? release = null) : TaskRoute<TRequest, TReply>(loads, operation)
    where TRequest : IWire<TRequest>
    where TReply : IEncodable<TReply>
{
    public override bool OutlivesItsAnswer => outlivesItsAnswer;

    protected override (string Name, int Version) ModelOf(HttpContext http, TRequest call) => modelOf(call);

    protected override double WorkOf(LoadedModel model, TRequest call) => workOf(model, call);

    protected override ValueTask<TReply> RunAsync(LoadedModel model, TRequest call, RequestBudget budget) => run(model, call, budget);

    protected override void Made(AdmissionLease place, TReply reply, RequestBudget budget)
    {
        if (workDone is null)
        {
            place.Complete(AdmissionOutcome.Succeeded);
        }
        else
        {
            place.Complete(AdmissionOutcome.Succeeded, workDone(reply));
        }
    }

    protected override ValueTask WriteAsync(HttpResponse response, TRequest call, TReply reply, RequestBudget budget)
    {
        ReplyAttributes.Add(reply);
        return TaskAnswer.WriteAsync(response, reply, budget.Token);
    }

    protected override void Release(TReply reply) => release?.Invoke(reply);
}
