using Hybrid.Contracts.Errors;
using Hybrid.Functions.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace Hybrid.Functions.Runs;

/// <summary>A run, for its owner; to everybody else it is not there.</summary>
internal static class OwnedRun
{
    /// <exception cref="HybridException"><see cref="ErrorCode.NotFound"/>: no such run, or another tenant's.</exception>
    public static async Task<OrchestrationMetadata> GetAsync(
        DurableTaskClient client, HttpRequest request, string id, CancellationToken cancellation) =>
        (RunIds.IsOwnedBy(id, ApiCall.Of(request).Tenant) ? await client.GetInstanceAsync(id, getInputsAndOutputs: true, cancellation) : null)
        ?? throw new HybridException(ErrorCode.NotFound, "There is no run of that id.", "id");

    /// <inheritdoc cref="GetAsync"/>
    /// <exception cref="HybridException"><see cref="ErrorCode.Conflict"/>: it has ended.</exception>
    public static async Task<OrchestrationMetadata> GetRunningAsync(
        DurableTaskClient client, HttpRequest request, string id, CancellationToken cancellation) =>
        await GetAsync(client, request, id, cancellation) is { IsCompleted: false } run
            ? run
            : throw new HybridException(ErrorCode.Conflict, "The run has ended.", "id");

    /// <inheritdoc cref="GetAsync"/>
    /// <exception cref="HybridException"><see cref="ErrorCode.Conflict"/>: it has not ended.</exception>
    public static async Task<OrchestrationMetadata> GetEndedAsync(
        DurableTaskClient client, HttpRequest request, string id, CancellationToken cancellation) =>
        await GetAsync(client, request, id, cancellation) is { IsCompleted: true } run
            ? run
            : throw new HybridException(ErrorCode.Conflict, "The run has not ended; terminate it first.", "id");
}
