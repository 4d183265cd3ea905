using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;

namespace Hybrid.GpuHost.Models.Budget;

/// <summary>Models for requests, in memory or not.</summary>
public interface IModelLoads
{
    /// <summary>A lease of the model. When it is in memory, as nearly always, nothing is waited for; when it is parked, it is loaded first.</summary>
    /// <param name="name">As the client wrote it.</param>
    /// <param name="version">0: the one that is served.</param>
    /// <param name="budget">The request's: what the load leaves of it is for the work.</param>
    /// <exception cref="HybridException">
    /// <see cref="ErrorCode.ModelNotFound"/>, or <see cref="ErrorCode.Unavailable"/> with the time after which to try again: the load does not
    /// end in time, has failed, or too many wait for it.
    /// </exception>
    ValueTask<ModelLease> LeaseAsync(string name, int version, RequestBudget budget);
}
