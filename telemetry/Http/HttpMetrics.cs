using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hybrid.Telemetry.Http;

/// <summary>
/// <c>http_requests_total</c> and <c>http_request_duration_seconds</c> by method, status and route. No label holds what a client wrote: the
/// route is its template, and what is not known is one value.
/// </summary>
internal sealed class HttpMetrics
{
    public const string MeterName = "Hybrid.Http";
    public const string Unmatched = "unmatched";
    public const string OtherMethod = "other";

    private const int FirstStatus = 100;
    private const int LastStatus = 599;

    private static readonly FrozenDictionary<string, object> Methods =
        new[] { "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE" }.ToFrozenDictionary(method => method, method => (object)method);

    // Boxed once, not for every request.
    private static readonly object[] Statuses = [.. Enumerable.Range(FirstStatus, LastStatus - FirstStatus + 1).Select(status => (object)status)];

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;

    public HttpMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("http.requests", "{request}", "HTTP requests that were answered, or left by their client (499).");
        _duration = meter.CreateHistogram("http.request.duration", "s", "From an HTTP request's headers to the end of its answer.", advice: Buckets.Seconds);
    }

    /// <summary>A method by its standard name; what is no standard name is one value.</summary>
    public static string KnownMethod(string method) => (string)Methods.GetValueOrDefault(method, OtherMethod);

    // Routing answers a wrong method through an endpoint of its own, which has no template.
    public static string? RouteOf(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;

    /// <param name="method">As the client sent it.</param>
    /// <param name="status">Of the answer.</param>
    /// <param name="route">The template that matched; null when none did.</param>
    /// <param name="duration">From its begin to its end.</param>
    public void Answered(string method, int status, string? route, TimeSpan duration)
    {
        KeyValuePair<string, object?> methodTag = new("method", Methods.GetValueOrDefault(method, OtherMethod));
        KeyValuePair<string, object?> statusTag = new("status_code", Statuses[Math.Clamp(status, FirstStatus, LastStatus) - FirstStatus]);
        KeyValuePair<string, object?> routeTag = new("route", route ?? Unmatched);
        _requests.Add(1, methodTag, statusTag, routeTag);
        _duration.Record(duration.TotalSeconds, methodTag, statusTag, routeTag);
    }
}
