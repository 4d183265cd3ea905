using System.Globalization;
using Hybrid.Contracts.Headers;
using Hybrid.GpuHost.Admission;

namespace Hybrid.GpuHost.Endpoints;

/// <summary>Tells in every answer how much work is here, so that callers can choose between hosts by more than their own share of it.</summary>
public sealed class LoadReportMiddleware(RequestDelegate next, AdmissionGate gate)
{
    public Task InvokeAsync(HttpContext http)
    {
        // As late as it can be told: an answer may have taken long.
        http.Response.OnStarting(Report, http.Response);
        return next(http);
    }

    private Task Report(object response)
    {
        ((HttpResponse)response).Headers[HybridHeaders.HostInFlight] = gate.Inside.ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }
}
