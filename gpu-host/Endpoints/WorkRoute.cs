using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;

namespace Hybrid.GpuHost.Endpoints;

/// <summary>
/// A route whose requests cost work. One object for all of its requests: what belongs to one of them is passed in, so that nothing is
/// allocated to keep it.
/// </summary>
public abstract class WorkRoute
{
    /// <summary>
    /// Whether something of a request may go on, and look at its budget, when its answer is written or has failed, as a prompt that was given
    /// up goes on through its pipeline.
    /// </summary>
    public virtual bool OutlivesItsAnswer => false;

    /// <summary>Does a request's work and writes its answer.</summary>
    public abstract ValueTask AnswerAsync(HttpContext http, RequestBudget budget);

    /// <summary>Writes an error in the route's form; status and headers are set already.</summary>
    public abstract Task WriteErrorAsync(HttpResponse response, Error error);

    /// <summary>Ends an answer of several parts that fails after the first. Null: it has no form for that, the connection is cut.</summary>
    public virtual Task? WriteLateErrorAsync(HttpResponse response, Error error) => null;
}
