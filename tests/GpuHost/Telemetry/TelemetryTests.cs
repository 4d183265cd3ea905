using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Telemetry;

[Collection(nameof(SpanListeners))]
public sealed class TelemetryTests(DemoHost demo)
{
    private static readonly byte[] Request = Wire.Encode(new EmbedRequest("demo-embed", ["a text", "another"]));

    [Fact]
    public async Task Request_WithATrace_ContinuesItDownToTheBatch()
    {
        var trace = ActivityTraceId.CreateRandom();
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is HostTelemetry.Name or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == trace)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await demo.Host.SendAsync(TaskRoutes.Embed, Request, ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));
        await Eventually.IsTrueAsync(() => spans.Count >= 4);

        var request = Assert.Single(spans, span => span.OperationName == "embeddings demo-embed");
        Assert.Equal("demo-embed", request.GetTagItem("gen_ai.request.model"));
        Assert.Equal(request.SpanId, Assert.Single(spans, span => span.OperationName == "queue").ParentSpanId);
        var batch = Assert.Single(spans, span => span.OperationName == "batch");
        Assert.Equal(request.SpanId, batch.ParentSpanId);
        Assert.Equal(2, batch.GetTagItem("hybrid.batch.size"));
    }

    [Fact]
    public async Task Request_Answered_IsMeasured()
    {
        var measured = new ConcurrentDictionary<string, object?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == HostTelemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => measured[instrument.Name] = Tag(tags, "gen_ai.request.model") ?? Tag(tags, "model"));
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => measured[instrument.Name] = Tag(tags, "model"));
        listener.Start();

        await demo.Host.SendAsync(TaskRoutes.Embed, Request);
        await Eventually.IsTrueAsync(() => measured.ContainsKey("gen_ai.server.request.duration"));
        listener.RecordObservableInstruments();

        Assert.All(
            ["hybrid.host.queue.duration", "hybrid.host.tokenize.duration", "hybrid.host.compute.duration", "hybrid.host.batch.size", "hybrid.host.batch.tokens", "hybrid.host.queue.length"],
            name => Assert.NotNull(measured[name]));
    }

    private static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name)
            {
                return tag.Value;
            }
        }

        return null;
    }
}
