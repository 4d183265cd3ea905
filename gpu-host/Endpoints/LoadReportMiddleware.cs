using System.Globalization;
using Hybrid.Contracts.Headers;
using Hybrid.GpuHost.Admission;

namespace Hybrid.GpuHost.Endpoints;

/// <summary>Tells in every answer how much work is here, so that callers can choose between hosts by more than their own share of it.</summary>
public sealed class LoadReportMiddleware
{
    private readonly RequestDelegate _next;
    private readonly AdmissionGate _gate;
    private readonly Func<object, Task> _report;

    public LoadReportMiddleware(RequestDelegate next, AdmissionGate gate)
    {
        _next = next;
        _gate = gate;
        _report = Report;
    }

    public Task InvokeAsync(HttpContext http)
    {
        // As late as it can be told: an answer may have taken long.
        http.Response.OnStarting(_report, http.Response);
        return _next(http);
    }

    private Task Report(object response)
    {
        ((HttpResponse)response).Headers[HybridHeaders.HostInFlight] = _gate.Inside.ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }
}
