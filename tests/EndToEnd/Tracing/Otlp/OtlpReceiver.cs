using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Hybrid.EndToEnd.Tests.Tracing.Otlp;

/// <summary>A collector: takes OTLP as protobuf over HTTP and keeps what came.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<TracedSpan> _spans = [];
    private readonly ConcurrentQueue<TracedLog> _logs = [];
    private readonly ConcurrentDictionary<(string Service, string Metric), byte> _metrics = [];

    private OtlpReceiver(WebApplication app) => _app = app;

    public IReadOnlyCollection<TracedSpan> Spans => _spans;

    public IReadOnlyCollection<TracedLog> Logs => _logs;

    /// <summary>Names of metrics, with the process that they are of.</summary>
    public ICollection<(string Service, string Metric)> Metrics => _metrics.Keys;

    /// <summary>What makes a process send here, and soon.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "50",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        receiver.Map("/v1/traces", ExportTraceServiceRequest.Parser, receiver.Take);
        receiver.Map("/v1/logs", ExportLogsServiceRequest.Parser, receiver.Take);
        receiver.Map("/v1/metrics", ExportMetricsServiceRequest.Parser, receiver.Take);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>The spans of one trace, once they are as wanted.</summary>
    public async Task<Trace> TraceAsync(string traceId, Predicate<Trace> isComplete, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var trace = new Trace(_spans.Where(span => span.TraceId == traceId));
            if (isComplete(trace))
            {
                return trace;
            }

            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The trace did not become complete:\n{trace}");
            }
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map<T>(string route, MessageParser<T> parser, Action<T> take)
        where T : IMessage<T> => _app.MapPost(route, async http =>
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        take(parser.ParseFrom(body.ToArray()));

        // An empty response message: everything was taken.
        http.Response.ContentType = "application/x-protobuf";
    });

    private void Take(ExportTraceServiceRequest request)
    {
        foreach (var resource in request.ResourceSpans)
        {
            foreach (var span in resource.ScopeSpans.SelectMany(scope => scope.Spans))
            {
                _spans.Enqueue(TracedSpan.Of(span, ServiceOf(resource.Resource)));
            }
        }
    }

    private void Take(ExportLogsServiceRequest request)
    {
        foreach (var resource in request.ResourceLogs)
        {
            foreach (var log in resource.ScopeLogs.SelectMany(scope => scope.LogRecords))
            {
                _logs.Enqueue(TracedLog.Of(log, ServiceOf(resource.Resource)));
            }
        }
    }

    private void Take(ExportMetricsServiceRequest request)
    {
        foreach (var resource in request.ResourceMetrics)
        {
            foreach (var metric in resource.ScopeMetrics.SelectMany(scope => scope.Metrics))
            {
                _metrics[(ServiceOf(resource.Resource), metric.Name)] = 0;
            }
        }
    }

    private static string ServiceOf(Resource resource) => resource.Attributes.Single(attribute => attribute.Key == "service.name").Value.StringValue;
}
