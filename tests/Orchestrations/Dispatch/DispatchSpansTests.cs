using System.Collections.Concurrent;
using System.Diagnostics;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Dispatch;
using Hybrid.Testing;

namespace Hybrid.Orchestrations.Tests.Dispatch;

public sealed class DispatchSpansTests : IDisposable
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityListener _listener;
    private readonly Activity _request;

    public DispatchSpansTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == DispatchSpans.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Keep,
        };
        ActivitySource.AddActivityListener(_listener);
        _request = new Activity("request") { ActivityTraceFlags = ActivityTraceFlags.Recorded, TraceStateString = "vendor=1" }.SetIdFormat(ActivityIdFormat.W3C).Start();
    }

    [Fact]
    public async Task Attempts_OfOneCall_AreASpanEachAndTheCallersOfTheirHosts()
    {
        await using var host = await FakeGpuHost.StartAsync();
        var failures = 1;
        host.On<EmbedRequest, EmbedReply>(TaskRoutes.Embed, request => Interlocked.Decrement(ref failures) >= 0
            ? throw new HybridException(ErrorCode.Overloaded, "busy")
            : new EmbedReply(request.Model, 1, 1, new float[1], 1, default));
        await using var pool = new TestPool([host.Address]);

        await pool.Pool.EmbedAsync(new EmbedRequest("m", ["text"]), pool.Call(), Cancellation);

        var (failed, answered) = _spans.ToArray() is [var one, var two] ? (one, two) : throw new InvalidOperationException($"{_spans.Count} spans.");
        Assert.All(_spans, span => Assert.Equal((ActivityKind.Client, _request.SpanId), (span.Kind, span.ParentSpanId)));
        Assert.Equal(("embeddings", ActivityStatusCode.Error, "overloaded"), (failed.DisplayName, failed.Status, failed.GetTagItem("error.type")));
        Assert.Equal(("embeddings m", ActivityStatusCode.Unset), (answered.DisplayName, answered.Status));
        Assert.Equal("request-1", answered.GetTagItem("llm.request_id"));
        Assert.Equal([failed.Id, answered.Id], host.Requests.Select(request => request.Headers["traceparent"]));
        Assert.All(host.Requests, request => Assert.Equal("vendor=1", request.Headers["tracestate"]));
    }

    [Fact]
    public async Task Attempt_WithAModelThatNoHostKnows_HasItInNoName()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.Fails(TaskRoutes.Embed, new Error(ErrorCode.ModelNotFound, "no such model"));
        await using var pool = new TestPool([host.Address]);

        await Assert.ThrowsAsync<HybridException>(() => pool.Pool.EmbedAsync(new EmbedRequest(new string('x', 5000), ["text"]), pool.Call(), Cancellation));

        var span = Assert.Single(_spans);
        Assert.Equal(("embeddings", "model_not_found"), (span.DisplayName, span.GetTagItem("error.type")));
        Assert.Equal(new string('x', 128), span.GetTagItem("gen_ai.request.model"));
    }

    public void Dispose()
    {
        _request.Dispose();
        _listener.Dispose();
    }

    // Other tests' pools are listened to as well.
    private void Keep(Activity span)
    {
        if (span.TraceId == _request.TraceId)
        {
            _spans.Enqueue(span);
        }
    }
}
