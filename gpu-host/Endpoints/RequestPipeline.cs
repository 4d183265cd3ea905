using System.Diagnostics;
using System.Globalization;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Telemetry;
using Microsoft.Extensions.Primitives;

namespace Hybrid.GpuHost.Endpoints;

/// <summary>Writes an error in the form of one surface; status and headers are set already.</summary>
public delegate Task ErrorWriter(HttpResponse response, Error error);

/// <summary>What every request that costs work goes through, on both surfaces: admission, the work, and the answer when it fails.</summary>
public sealed class RequestPipeline(AdmissionGate gate, HostTelemetry telemetry, ILogger<RequestPipeline> logger)
{
    /// <param name="http">The request.</param>
    /// <param name="writeError">Writes the body of an answer that is an error.</param>
    /// <param name="work">The request's work, which writes the answer.</param>
    /// <param name="writeLateError">Ends an answer of several parts that fails after the first; without one the connection is cut.</param>
    public async Task ServeAsync(HttpContext http, ErrorWriter writeError, Func<RequestBudget, Task> work, ErrorWriter? writeLateError = null)
    {
        AdmittedRequest? admitted = null;
        try
        {
            admitted = gate.Admit(http);
            await work(admitted.Budget);
        }
        catch (Exception exception)
        {
            var error = Failures.ToError(exception, admitted?.Budget, http.RequestAborted.IsCancellationRequested);
            if (Activity.Current is { Recorded: true } server)
            {
                server.SetTag("error.type", error.Code.ToName());
            }

            if (error.Code == ErrorCode.Internal)
            {
                Log.RequestFailed(logger, http.Request.Path, exception);
            }

            if (http.Response.HasStarted && writeLateError is not null && error.Code != ErrorCode.Cancelled)
            {
                await writeLateError(http.Response, error);
                return;
            }

            await AnswerAsync(http, writeError, error, dropped: admitted is null || error.Code is ErrorCode.Overloaded or ErrorCode.Unavailable);
        }
        finally
        {
            admitted?.Dispose();
        }
    }

    private async Task AnswerAsync(HttpContext http, ErrorWriter writeError, Error error, bool dropped)
    {
        if (http.Response.HasStarted || error.Code == ErrorCode.Cancelled)
        {
            // Half an answer must not look like a whole one.
            http.Abort();
            return;
        }

        var response = http.Response;
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

        await writeError(response, error);
    }
}
