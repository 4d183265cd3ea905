using System.Collections.Frozen;
using Hybrid.Functions.Requests;
using Hybrid.Orchestrations.Dispatch;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.Functions.Http;

/// <summary>For load balancers and starters; open to everybody, and telling nothing that is not everybody's.</summary>
public sealed class HealthFunctions(GpuPool pool)
{
    /// <summary>The only functions that are served without an API key.</summary>
    public static readonly FrozenSet<string> Names = FrozenSet.Create(LiveName, ReadyName);

    /// <summary>200 while the process answers at all.</summary>
    [Function(LiveName)]
    public static IResult Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        Replies.Json(new { Status = "live" });

    /// <summary>200 while at least one GPU host is ready, else 503.</summary>
    [Function(ReadyName)]
    public IResult Ready([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request)
    {
        var (ready, all) = pool.Hosts;
        return ready > 0
            ? Replies.Json(new { Status = "ready", GpuHosts = new { Ready = ready, All = all } })
            : Replies.Json(new { Status = "not_ready", GpuHosts = new { Ready = ready, All = all } }, StatusCodes.Status503ServiceUnavailable);
    }

    private const string LiveName = "HealthLive";

    private const string ReadyName = "HealthReady";
}
