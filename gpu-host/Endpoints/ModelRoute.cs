using System.Buffers;
using System.Runtime.CompilerServices;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Budget;

namespace Hybrid.GpuHost.Endpoints;

/// <summary>
/// A request to a model, from its body to its answer. All of it is one method with steps that a route fills in: each further method that waits
/// would allocate 0.1 to 0.2 KB a request.
/// </summary>
/// <typeparam name="TCall">What the body says.</typeparam>
/// <typeparam name="TReply">What the model makes of it.</typeparam>
/// <param name="loads">Gives the model.</param>
/// <param name="operation">OpenTelemetry's name of the task, such as <c>embeddings</c>.</param>
internal abstract class ModelRoute<TCall, TReply>(IModelLoads loads, string operation) : WorkRoute
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public sealed override async ValueTask AnswerAsync(HttpContext http, RequestBudget budget)
    {
        // Held until the answer is written: the call points into it.
        using var body = await RequestBody.ReadAsync(http.Request, budget.Token);
        var call = Read(http, body.Bytes);
        var (name, version) = ModelOf(http, call);
        using var lease = await loads.LeaseAsync(name, version, budget);
        using var measured = lease.Model.Metrics.Requests(operation).Begin(RouteOf(http), http.TraceIdentifier);
        try
        {
            Describe(call);
            var place = lease.Model.Admission.Enter(WorkOf(lease.Model, call), lease.Observer);
            TReply reply;
            try
            {
                reply = await RunAsync(lease.Model, call, budget);
            }
            catch (Exception failure)
            {
                ModelAdmission.Fail(place, failure, budget);
                throw;
            }

            Made(place, reply, budget);
            try
            {
                await WriteAsync(http.Response, call, reply, budget);
            }
            finally
            {
                Release(reply);
            }

            measured.End();
        }
        catch (Exception failure)
        {
            measured.Fail(failure, budget);
            throw;
        }
    }

    protected abstract TCall Read(HttpContext http, in ReadOnlySequence<byte> body);

    /// <summary>The model's name, and the version that is wanted; 0: the one that is served.</summary>
    protected abstract (string Name, int Version) ModelOf(HttpContext http, TCall call);

    /// <summary>The route as it stands in spans.</summary>
    protected abstract string RouteOf(HttpContext http);

    /// <summary>Adds to the request's span what the call tells of itself.</summary>
    protected virtual void Describe(TCall call)
    {
    }

    /// <summary>The call's size in <see cref="WorkUnits"/>.</summary>
    protected abstract double WorkOf(LoadedModel model, TCall call);

    protected abstract ValueTask<TReply> RunAsync(LoadedModel model, TCall call, RequestBudget budget);

    /// <summary>Gives back the place in the model: the reply is made, unless a route says otherwise.</summary>
    protected virtual void Made(AdmissionLease place, TReply reply, RequestBudget budget) => place.Complete(AdmissionOutcome.Succeeded);

    protected abstract ValueTask WriteAsync(HttpResponse response, TCall call, TReply reply, RequestBudget budget);

    /// <summary>Gives back what the reply lies in, when it was written.</summary>
    protected virtual void Release(TReply reply)
    {
    }
}
