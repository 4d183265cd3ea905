using System.Globalization;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Models.Routing;

/// <summary>
/// Compares a canary's requests with stable's. Both questions come down to a share that has a limit: of failed requests, stable's share and the
/// margin; of slow ones (over stable's p95 and the margin), a twentieth, which is what p95 means.
/// <list type="number">
/// <item>A share that is over its limit beyond chance ends the trial at once: a canary that fails altogether lives for three requests.</item>
/// <item>With enough requests and time, a share that is over its limit at all ends it, too,</item>
/// <item>and one that is not is good.</item>
/// </list>
/// </summary>
public sealed class CanaryJudge(IOptions<CanaryOptions> options)
{
    private const double SlowShare = 0.05;

    /// <summary>A p95 is compared when two requests lie above it.</summary>
    private const int FewestLatencies = 40;

    /// <summary>ln 100,000. Asked again with every request, one in a hundred thousand is rare enough that a good canary never sees it.</summary>
    private const double BeyondChance = 11.5;

    private readonly CanaryOptions _options = options.Value;

    /// <summary>Null: it goes on.</summary>
    /// <param name="stable">Stable's requests since the trial began.</param>
    /// <param name="canary">The canary's.</param>
    /// <param name="elapsed">How long that is ago.</param>
    internal CanaryFinding? Judge(RequestTally stable, RequestTally canary, TimeSpan elapsed)
    {
        var enough = canary.Requests >= _options.MinRequests && stable.Requests >= _options.MinRequests && elapsed >= _options.MinDuration;
        var allowed = stable.FailureRate + _options.ErrorMargin;
        if (IsOver(canary.Failures, canary.Requests, allowed, enough))
        {
            return new CanaryFinding(CanaryVerdict.RolledBack, string.Create(
                CultureInfo.InvariantCulture,
                $"{canary.Failures} of its {canary.Requests} requests failed, {stable.Failures} of {stable.Requests} of stable's"));
        }

        var p95 = stable.P95;
        var slow = Longer(p95 * (1 + _options.LatencyMargin), p95 + _options.LatencyTolerance);
        var timed = canary.Timed;
        if (timed >= FewestLatencies && stable.Timed >= FewestLatencies && IsOver(canary.SlowerThan(slow), timed, SlowShare, enough))
        {
            return new CanaryFinding(CanaryVerdict.RolledBack, string.Create(
                CultureInfo.InvariantCulture,
                $"the p95 of its {timed} requests is {canary.P95.TotalMilliseconds:0.0} ms, stable's {p95.TotalMilliseconds:0.0} ms; up to {slow.TotalMilliseconds:0.0} ms are allowed"));
        }

        return enough && _options.Promote
            ? new CanaryFinding(CanaryVerdict.Promoted, string.Create(
                CultureInfo.InvariantCulture,
                $"{canary.Failures} of its {canary.Requests} requests failed, {stable.Failures} of {stable.Requests} of stable's; p95 {canary.P95.TotalMilliseconds:0.0} ms and {p95.TotalMilliseconds:0.0} ms"))
            : null;
    }

    // Chernoff's bound: of n requests, of which a share of p is bad, a share of q > p is with a chance of exp(-n·D) at most,
    // where D = q ln(q/p) + (1-q) ln((1-q)/(1-p)).
    private static bool IsOver(int bad, int of, double limit, bool enough)
    {
        var share = of == 0 ? 0 : (double)bad / of;
        if (share <= limit || enough)
        {
            return share > limit;
        }

        var divergence = (share * Math.Log(share / limit)) + (share < 1 ? (1 - share) * Math.Log((1 - share) / (1 - limit)) : 0);
        return of * divergence > BeyondChance;
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
