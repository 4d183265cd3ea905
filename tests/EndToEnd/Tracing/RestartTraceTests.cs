using Hybrid.EndToEnd.Tests.Tracing.Otlp;
using Hybrid.Stack.Calls;

namespace Hybrid.EndToEnd.Tests.Tracing;

/// <summary>kill -9 in a stage: what was replayed afterwards must not look as if it had happened twice.</summary>
public sealed class RestartTraceTests : IAsyncLifetime
{
    private readonly TracedStack _traced = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _traced.InitializeAsync();

    public ValueTask DisposeAsync() => _traced.DisposeAsync();

    [Fact]
    public async Task Pipeline_WhoseHostWasKilledInAStage_StaysOneTraceWithOneOrchestration()
    {
        var caller = new Caller();
        var gpuHost = _traced.Stack.GpuHosts[0].Process;
        var killed = _traced.Stack.LocalHost.Process;

        // The first stage waits for a host that is frozen, until the process that waits is killed.
        gpuHost.Pause();
        using var response = await _traced.PostAsync(
            "/v1/pipelines/rag", new { collection = Handbook.Collection, question = "How are weights staged, after a crash?", timeout_ms = 60_000 }, caller);
        var run = response.Headers.Location!;
        await _traced.Api.WaitForStageAsync(run, "embed", Cancel);
        await _traced.Receiver.TraceAsync(caller.TraceId, trace => trace.Has("create_orchestration:RagPipeline") && trace.Has("POST /v1/pipelines/rag"), Cancel);
        await killed.KillAsync();
        gpuHost.Resume();
        await _traced.Stack.LocalHost.StartAsync(Cancel);
        await _traced.Api.WaitAsync(run, Cancel);

        var trace = await _traced.Receiver.TraceAsync(caller.TraceId, trace => trace.Has("orchestration:RagPipeline") && trace.Has("decode"), Cancel);

        Assert.Single(trace.Spans, span => span.ParentId == caller.SpanId);
        var orchestration = trace.Follow(
            trace.Spans.Single(span => span.ParentId == caller.SpanId), "function StartRag", "create_orchestration:RagPipeline", "orchestration:RagPipeline");
        Assert.Single(trace.Named("orchestration:RagPipeline"));
        Assert.Equal(trace.Spans.Count, trace.Spans.Select(span => span.SpanId).Distinct().Count());

        // Each task that the orchestrator asked for is there once, however often its code asked for it.
        var tasks = trace.Below(orchestration).Where(span => span.Kind == SpanKind.Client).ToList();
        Assert.Equal(tasks.Count, tasks.Select(task => task.Attributes["durabletask.task.task_id"].IntValue).Distinct().Count());
        Assert.Equal(
            ["activity:EmbedActivity", "activity:RetrieveActivity", "activity:RerankActivity", "activity:GenerateActivity"],
            tasks.Select(task => task.Name).Distinct());

        // The attempt that was killed could not tell of itself; a host that worked for it is all that may hang in the air.
        Assert.All(trace.Roots.Where(span => span.ParentId != caller.SpanId), span => Assert.StartsWith("POST /tasks/", span.Name, StringComparison.Ordinal));
    }
}
