using System.Runtime.CompilerServices;
using Hybrid.Contracts.Codec;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Endpoints.Tasks;

/// <summary>A task whose answer comes in one piece.</summary>
/// <param name="models">Where the model is found.</param>
/// <param name="operation">OpenTelemetry's name of the task.</param>
/// <param name="modelOf">The request's model, and the version that is wanted; 0: the one that is served.</param>
/// <param name="workOf">The request's size in <see cref="WorkUnits"/>.</param>
/// <param name="run">The model's path for it.</param>
/// <param name="workDone">Its size where that is known only from the answer.</param>
/// <param name="outlivesItsAnswer">See <see cref="WorkRoute.OutlivesItsAnswer"/>.</param>
/// <param name="release">Gives back what the answer lies in, when it was written.</param>
internal sealed class ReplyRoute<TRequest, TReply>(
    ModelsState models,
    string operation,
    Func<TRequest, (string Name, int Version)> modelOf,
    Func<LoadedModel, TRequest, double> workOf,
    Func<(LoadedModel Model, TRequest Request), RequestBudget, ValueTask<TReply>> run,
    Func<TReply, double>? workDone = null,
    bool outlivesItsAnswer = false,
    Action<TReply>? release = null) : TaskRoute<TRequest>(models, operation)
    where TRequest : IWire<TRequest>
    where TReply : IEncodable<TReply>
{
    public override bool OutlivesItsAnswer => outlivesItsAnswer;

    protected override (string Name, int Version) ModelOf(TRequest request) => modelOf(request);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected override async ValueTask AnswerAsync(HttpResponse response, LoadedModel model, TRequest request, RequestBudget budget)
    {
        var reply = await model.Admission.RunAsync(workOf(model, request), budget, (model, request), run, workDone);
        try
        {
            ReplyAttributes.Add(reply);
            await TaskAnswer.WriteAsync(response, reply, budget.Token);
        }
        finally
        {
            release?.Invoke(reply);
        }
    }
}
