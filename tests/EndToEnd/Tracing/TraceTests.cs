using System.Text.Json;
using Azure.Storage.Queues;
using Hybrid.EndToEnd.Tests.Tracing.Otlp;
using Hybrid.Stack.Calls;

namespace Hybrid.EndToEnd.Tests.Tracing;

/// <summary>What a collector sees: one connected trace for each request, with every hop in it.</summary>
public sealed class TraceTests(TracedStack traced) : IClassFixture<TracedStack>
{
    private const string Functions = "hybrid-functions";
    private const string GpuHost = "hybrid-gpu-host";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "POST /tasks/generate")]
    [InlineData(true, "POST /tasks/generate/stream")]
    public async Task Chat_OfACaller_IsOneTraceDownToTheSession(bool stream, string route)
    {
        var caller = new Caller();
        using var response = await traced.PostAsync(
            "/v1/chat/completions",
            new { model = "demo-generate", stream, messages = new[] { new { role = "user", content = $"Which marmalade is blue, if stream is {stream}?" } } },
            caller);
        await response.Content.ReadAsStringAsync(Cancel);
        var requestId = response.Headers.GetValues("x-request-id").Single();

        var trace = await traced.Receiver.TraceAsync(caller.TraceId, trace => trace.IsConnected && trace.Has("POST /v1/chat/completions") && trace.Has("batch"), Cancel);

        var root = AssertOneRoot(trace, caller.SpanId);
        Assert.Equal(("POST /v1/chat/completions", SpanKind.Server, Functions), (root.Name, root.Kind, root.Service));
        Assert.Equal(200, root.Attributes["http.response.status_code"].IntValue);
        var attempt = trace.Follow(root, "function ChatCompletions", "chat demo-generate");
        Assert.Equal((SpanKind.Client, Functions), (attempt.Kind, attempt.Service));
        var request = trace.Follow(attempt, route, "chat demo-generate");
        AssertRequest(trace, request, requestId, "chat", "demo-generate");
        Assert.Equal(0, request.Attributes["gen_ai.request.temperature"].DoubleValue);
        Assert.True(request.Attributes["llm.completion_length"].IntValue > 0);
        Assert.Equal(request.Attributes["llm.completion_length"].IntValue, request.Attributes["gen_ai.usage.output_tokens"].IntValue);
        Assert.Equal(["prompt builder", "prompt validator", "prompt injector", "prompt executor"], trace.Below(request).Select(span => span.Name).Where(name => name.StartsWith("prompt", StringComparison.Ordinal)));
        Assert.DoesNotContain(trace.Spans, span => span.Attributes.Values.Any(value => value.ToString().Contains("marmalade", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Pipeline_OfACaller_IsOneTraceThroughEveryStage()
    {
        var caller = new Caller();
        using var response = await traced.PostAsync(
            "/v1/pipelines/rag", new { collection = Handbook.Collection, question = "How are weights staged, in one trace?" }, caller);
        await traced.Api.WaitAsync(response.Headers.Location!, Cancel);

        var trace = await traced.Receiver.TraceAsync(caller.TraceId, trace => trace.IsConnected && trace.Has("orchestration:RagPipeline"), Cancel);

        var root = AssertOneRoot(trace, caller.SpanId);
        Assert.Equal("POST /v1/pipelines/rag", root.Name);
        var orchestration = trace.Follow(root, "function StartRag", "create_orchestration:RagPipeline", "orchestration:RagPipeline");
        Assert.Equal(SpanKind.Server, orchestration.Kind);
        Assert.Equal("Completed", orchestration.Attributes["durabletask.task.status"].StringValue);
        AssertStages(trace, orchestration);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Message_OnTheQueue_IsOneTraceThroughEveryStage(bool hasProducer)
    {
        var producer = new Caller();
        var id = $"traced-{Guid.NewGuid():N}";
        var message = new Dictionary<string, string>
        {
            ["id"] = id, ["tenant"] = traced.Stack.ApiKey.Tenant, ["collection"] = Handbook.Collection, ["question"] = $"How are weights staged, says {id}?",
        };
        if (hasProducer)
        {
            message["traceparent"] = producer.TraceParent;
        }

        await new QueueClient(traced.Stack.Azurite.ConnectionString, "inference-requests").SendMessageAsync(JsonSerializer.Serialize(message), Cancel);

        var taken = await SpanAsync(span => span.Name == "process inference-requests" && span.Attributes["llm.request_id"].StringValue == id);
        var trace = await traced.Receiver.TraceAsync(taken.TraceId, trace => trace.IsConnected && trace.Has("orchestration:QueuedPipeline"), Cancel);

        var root = AssertOneRoot(trace, hasProducer ? producer.SpanId : "");
        Assert.Equal(hasProducer ? producer.TraceId : root.TraceId, root.TraceId);
        var process = hasProducer ? root : trace.Follow(root, "process inference-requests");
        Assert.Equal(SpanKind.Consumer, process.Kind);
        Assert.Equal(hasProducer ? 1 : 0, process.Links.Count);
        var queued = trace.Follow(process, "create_orchestration:QueuedPipeline", "orchestration:QueuedPipeline");
        AssertStages(trace, trace.Follow(queued, "orchestration:RagPipeline", "orchestration:RagPipeline"));
        trace.Follow(queued, "activity:WriteResultActivity", "activity:WriteResultActivity", "function WriteResultActivity");
    }

    [Fact]
    public async Task Logs_OfARequest_CarryItsTraceAndItsId()
    {
        var caller = new Caller();
        using var response = await traced.PostAsync(
            "/v1/pipelines/rag", new { collection = "no-such-collection", question = "Which log is this?" }, caller);
        var run = response.Headers.Location!.Segments[^1];
        await Assert.ThrowsAsync<StackException>(() => traced.Api.WaitAsync(response.Headers.Location!, Cancel));

        await SpanAsync(span => span.TraceId == caller.TraceId && span.Name == "orchestration:RagPipeline" && span.Failed);
        var ended = await LogAsync(log => log.Text.Contains("ended", StringComparison.Ordinal) && log.Values.Contains(run));

        Assert.Equal(caller.TraceId, ended.TraceId);
    }

    [Fact]
    public async Task Metrics_OfBothProcesses_Arrive()
    {
        while (!Arrived(GpuHost, "gen_ai.server.request.duration") || !Arrived(Functions, "http.request.duration"))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancel);
        }

        bool Arrived(string service, string metric) => traced.Receiver.Metrics.Contains((service, metric));
    }

    [Fact]
    public void Routes_AskedAgainAndAgain_LeaveNoSpans() => Assert.DoesNotContain(
        traced.Receiver.Spans,
        span => span.Name.Contains("health", StringComparison.OrdinalIgnoreCase) || span.Name.Contains("models", StringComparison.Ordinal));

    /// <summary>Asserts that every span's parent is there, but for the root's: that is the caller's.</summary>
    private static TracedSpan AssertOneRoot(Trace trace, string callerSpan)
    {
        Assert.True(trace.Roots.Count() == 1, $"Not one root:\n{trace}");
        Assert.Equal(trace.Spans.Count, trace.Spans.Select(span => span.SpanId).Distinct().Count());
        var root = trace.Roots.Single();
        Assert.Equal(callerSpan, root.ParentId);
        return root;
    }

    private static void AssertStages(Trace trace, TracedSpan orchestration)
    {
        string[] stages = ["EmbedActivity", "RetrieveActivity", "RerankActivity", "GenerateActivity"];
        Assert.Equal(stages.Select(stage => $"activity:{stage}"), trace.Below(orchestration).Select(span => span.Name));
        foreach (var stage in stages)
        {
            var task = trace.Follow(orchestration, $"activity:{stage}");
            Assert.Equal(SpanKind.Client, task.Kind);
            var attempt = trace.Follow(task, $"activity:{stage}");
            Assert.Equal(SpanKind.Server, attempt.Kind);
            trace.Follow(attempt, $"function {stage}");
        }

        AssertDispatch("EmbedActivity", "embed", "embeddings", "demo-embed");
        AssertDispatch("RerankActivity", "rerank", "rerank", "demo-rerank");
        AssertDispatch("GenerateActivity", "generate", "chat", "demo-generate");

        void AssertDispatch(string stage, string route, string operation, string model)
        {
            var name = $"{operation} {model}";
            var attempt = trace.Follow(orchestration, $"activity:{stage}", $"activity:{stage}", $"function {stage}", name);
            Assert.Equal((SpanKind.Client, Functions), (attempt.Kind, attempt.Service));
            var request = trace.Follow(attempt, $"POST /tasks/{route}", name);
            AssertRequest(trace, request, orchestration.Attributes["durabletask.task.instance_id"].StringValue, operation, model);
        }
    }

    private static void AssertRequest(Trace trace, TracedSpan request, string requestId, string operation, string model)
    {
        Assert.Equal((SpanKind.Internal, GpuHost), (request.Kind, request.Service));
        Assert.Equal(requestId, request.Attributes["llm.request_id"].StringValue);
        Assert.Equal(operation, request.Attributes["gen_ai.operation.name"].StringValue);
        Assert.Equal(model, request.Attributes["gen_ai.request.model"].StringValue);
        Assert.True(request.Attributes["gen_ai.usage.input_tokens"].IntValue > 0);
        Assert.Equal(["admitted"], request.Events);

        // Texts of different length are in different batches; nobody else's are in them.
        var batches = trace.Below(request).Where(span => span.Name == "batch").ToList();
        Assert.NotEmpty(batches);

        // Its wait ends when the first of them begins.
        Assert.Single(trace.Below(request), span => span.Name == "queue");
        foreach (var batch in batches)
        {
            Assert.Equal([request.SpanId], batch.Links);
            Assert.Equal(operation == "chat" ? "prefill" : "run", trace.Below(batch).First().Name);
        }
    }

    private Task<TracedSpan> SpanAsync(Predicate<TracedSpan> wanted) => FirstAsync(() => traced.Receiver.Spans, wanted);

    private Task<TracedLog> LogAsync(Predicate<TracedLog> wanted) => FirstAsync(() => traced.Receiver.Logs, wanted);

    private static async Task<T> FirstAsync<T>(Func<IEnumerable<T>> received, Predicate<T> wanted)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (received().FirstOrDefault(item => wanted(item)) is { } found)
            {
                return found;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
        }
    }
}
