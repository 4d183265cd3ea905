using System.Diagnostics;
using System.Globalization;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Telemetry;
using Microsoft.Extensions.Primitives;

namespace Hybrid.GpuHost.Endpoints;

/// <summary>What every request that costs work goes through, on both surfaces: admission, the work, and the answer when it fails.</summary>
public sealed class RequestPipeline(AdmissionGate gate, HostTelemetry telemetry, ILogger<RequestPipeline> logger)
{
    public async Task ServeAsync(HttpContext http, WorkRoute route)
    {
        RequestBudget? budget = null;
        try
        {
            budget = gate.Admit(http);
            await route.AnswerAsync(http, budget);
        }
        catch (Exception exception)
        {
            await AnswerAsync(http, route, exception, budget);
        }
        finally
        {
            gate.Leave(budget, reusable: !route.OutlivesItsAnswer);
        }
    }

    private async Task AnswerAsync(HttpContext http, WorkRoute route, Exception exception, RequestBudget? budget)
    {
        var error = Failures.ToError(exception, budget, http.RequestAborted.IsCancellationRequested);
        if (Activity.Current is { Recorded: true } server)
        {
            server.SetTag("error.type", error.Code.ToName());
        }

        if (error.Code == ErrorCode.Internal)
        {
            Log.RequestFailed(logger, http.Request.Path, http.TraceIdentifier, exception);
        }

        if (error.Code != ErrorCode.Cancelled && !http.Response.HasStarted)
        {
            await AnswerAsync(http.Response, route, error, dropped: budget is null || error.Code is ErrorCode.Overloaded or ErrorCode.Unavailable);
        }
        else if (error.Code == ErrorCode.Cancelled || route.WriteLateErrorAsync(http.Response, error) is not { } ended)
        {
            // Half an answer must not look like a whole one.
            http.Abort();
        }
        else
        {
            await ended;
        }
    }

    private async Task AnswerAsync(HttpResponse response, WorkRoute route, Error error, bool dropped)
    {
        response.StatusCode = error.Code.ToStatus();
        if (error.RetryAfter is { } retryAfter)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (dropped)
        {
            var reason = RejectReasons.DropReasonOf(error);
            response.Headers[HybridHeaders.DropReason] = new StringValues(reason);
            telemetry.Dropped.Add(1, new KeyValuePair<string, object?>("reason", reason));
        }

        await route.WriteErrorAsync(response, error);
    }
}
