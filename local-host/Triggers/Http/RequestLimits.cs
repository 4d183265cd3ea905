using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Hybrid.LocalHost.Triggers.Http;

/// <summary>host.json's request limits. A full host answers 429 at once instead of letting the queue grow.</summary>
internal static class RequestLimits
{
    public const string Policy = "functions";

    public static void Configure(RateLimiterOptions limiter, HttpHostOptions options)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = static (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "1";
            return ValueTask.CompletedTask;
        };
        // -1 is no limit; int.MaxValue / 2 keeps the sum of running and waiting below int.MaxValue.
        var running = options.MaxConcurrentRequests < 1 ? int.MaxValue / 2 : options.MaxConcurrentRequests;
        var waiting = options.MaxOutstandingRequests < 1 ? int.MaxValue / 2 : Math.Max(0, options.MaxOutstandingRequests - running);
        limiter.AddPolicy(Policy, _ => RateLimitPartition.GetConcurrencyLimiter(
            Policy, _ => new ConcurrencyLimiterOptions { PermitLimit = running, QueueLimit = waiting }));
    }
}
