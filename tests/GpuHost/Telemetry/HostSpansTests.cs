using System.Diagnostics;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Tests.Telemetry;

[Collection(nameof(SpanListeners))]
public sealed class HostSpansTests
{
    private static readonly ModelId Model = new("m", 1);

    private readonly AdaptiveLimiter _limiter = new(new AdaptiveLimiterOptions(), TimeProvider.System);
    private readonly EmbedReply _reply = new("m", 1, 2, new float[2], 3, default);

    [Fact]
    public void Spans_WithoutAListener_CostNothing()
    {
        // Of the server itself, as ASP.NET Core makes it for the logs alone.
        using var server = new Activity("server").Start();
        Record(1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Record(10_000);

        // Less than a byte a time: a collection in between adds what was left of the thread's 8 KB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 9_999);
    }

    [Fact]
    public void Batch_OfRequestsOfWhichOneIsRecorded_IsItsChild()
    {
        using var listener = new ActivityListener { ShouldListenTo = source => source == HostSpans.Source, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        var silent = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None);
        var recorded = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

        using var batch = HostSpans.BeginBatch(Model, 3, 30, [default, silent, recorded]);

        Assert.Equal(recorded.SpanId, batch!.ParentSpanId);
        Assert.Equal([silent, recorded], batch.Links.Select(link => link.Context));
    }

    [Fact]
    public void Run_OutsideABatch_IsNoSpan()
    {
        using var listener = new ActivityListener { ShouldListenTo = source => source == HostSpans.Source, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);

        using (var batch = HostSpans.BeginBatch(Model, 1, 1, []))
        using (var run = HostSpans.BeginRun(ExecutionDevice.Cpu))
        {
            Assert.Equal(batch!.SpanId, run!.ParentSpanId);
        }

        Assert.Null(HostSpans.BeginRun(ExecutionDevice.Cpu));
    }

    private void Record(int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var request = HostSpans.BeginRequest("embeddings", "/tasks/embed", Model, "request");
            HostSpans.Admission(RejectReason.None, _limiter);
            HostSpans.PromptStageEnded("builder", default, succeeded: true);
            HostSpans.Queued(default, default);
            using var batch = HostSpans.BeginBatch(Model, 1, 1, []);
            using var run = HostSpans.BeginRun(ExecutionDevice.Cpu);
            using var generation = GenerationSpans.Begin(Model, 1, 1, [], TimeProvider.System);
            ReplyAttributes.Add(_reply);
        }
    }
}
