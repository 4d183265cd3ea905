using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.Functions.Requests;
using Hybrid.Orchestrations.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace Hybrid.Functions.Runs;

/// <summary>Statuses of runs as they are answered. That of a run that has ended is read once for many who ask; one that goes on is always read.</summary>
public sealed class RunStatuses(EndedRuns ended, TimeProvider time)
{
    /// <exception cref="HybridException"><see cref="ErrorCode.NotFound"/>: no such run, or another tenant's.</exception>
    internal async Task<Cached<RunStatus>> GetAsync(DurableTaskClient client, HttpRequest request, string id, CancellationToken cancellation)
    {
        var tenant = ApiCall.Of(request).Tenant;
        var use = CacheHeaders.Read(request);
        if (use == CacheUse.Full && RunIds.IsOwnedBy(id, tenant) && ended.Find(tenant, id) is { } kept)
        {
            return new(new RunStatus(kept, HasEnded: true), new CacheStatus(1, 1, 0, 0, use));
        }

        var readAt = time.GetTimestamp();
        var run = await OwnedRun.GetAsync(client, request, id, cancellation);
        var status = JsonSerializer.SerializeToUtf8Bytes(RunStatusBody.Of(run), ApiJson.Options);
        if (run.IsCompleted && use != CacheUse.None)
        {
            ended.Keep(tenant, id, status, readAt);
        }

        return new(new RunStatus(status, run.IsCompleted), new CacheStatus { Parts = run.IsCompleted ? 1 : 0, Use = use });
    }

    /// <summary>Ends when nobody is told any more what the run was before it was restarted or purged.</summary>
    internal Task ForgetAsync(HttpRequest request, string id, CancellationToken cancellation) =>
        ended.ForgetAsync(ApiCall.Of(request).Tenant, id, cancellation);
}

/// <summary>A run's status.</summary>
/// <param name="Json">As it is answered.</param>
/// <param name="HasEnded">It changes no more by itself.</param>
internal sealed record RunStatus(byte[] Json, bool HasEnded);
