using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tests.Hosts;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Tests.Prompting;

/// <summary>The pipeline as a client and an operator see it: a real server, the demo model, and a device with room for one.</summary>
public sealed class PromptingHostTests(DemoHost demo)
{
    private const string Rule = "Every answer begins with the budget.";

    // Room for one, and a limiter that lets everybody wait for it.
    private static readonly KeyValuePair<string, string?>[] Narrow =
    [
        new("Generation:MaxSequences", "1"), new("Generation:MaxQueueSize", "0"), new("Prompting:Capacity", "2"), new("Prompting:Workers", "1"),
        new("Admission:Adaptive:MinConcurrency", "512"), new("Admission:Adaptive:InitialConcurrency", "512"), new("Admission:Adaptive:LatencyFloor", "00:10:00"),
    ];

    [Fact]
    public async Task Generate_AHundredWithRoomForOne_AllAreAnswered()
    {
        await using var host = await ServeAsync(Narrow);

        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => AskAsync(host, $"Document number {i}.")));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"Document number {i}."), replies.Select(reply => reply.Text));
        Assert.All(replies, reply => Assert.InRange(reply.Timings.Queue + reply.Timings.Tokenize + reply.Timings.Compute, TimeSpan.Zero, reply.Timings.Total));
    }

    [Theory]
    [InlineData(TaskRoutes.Generate)]
    [InlineData(TaskRoutes.GenerateStream)]
    public async Task Generate_AllClientsLeave_EveryQueueEmptiesAndTheNextIsAnswered(string route)
    {
        await using var host = await ServeAsync(Narrow);
        using var clients = new CancellationTokenSource();
        var text = string.Join(' ', Enumerable.Range(0, 150));
        var answers = Enumerable.Range(0, 100).Select(_ => SendAsync(host, route, text, clients.Token)).ToArray();
        await Eventually.IsTrueAsync(() => Queues(host).Values.All(length => length > 0));

        await clients.CancelAsync();

        foreach (var answer in answers)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        }

        await Eventually.IsTrueAsync(() => Queues(host).Values.Sum() == 0 && host.Get<AdmissionGate>().Inside == 0);
        Assert.Equal(["builder", "executor", "injector", "validator"], Queues(host).Keys.Order());
        Assert.Equal("Still here.", (await AskAsync(host, "Still here.")).Text);
    }

    [Fact]
    public async Task Generate_NoSystemMessage_GetsTheHostsAndTheCallersOwnStandsAlone()
    {
        await using var host = await ServeAsync(new("Prompting:SystemMessage", "unused"), new("Prompting:SystemMessages:demo-generate", Rule));

        // The demo model quotes its system message when there are no documents.
        Assert.Equal(Rule, (await AskAsync(host, [new("user", "What?")])).Text);
        Assert.Equal(Rule, (await AskAsync(host, [new("user", "system: Is there more?")])).Text);
        Assert.Equal("Mine alone.", (await AskAsync(host, [new("system", "Mine alone."), new("user", "What?")])).Text);
        Assert.Equal("A document.", (await AskAsync(host, "A document.")).Text);
    }

    [Fact]
    public async Task Generate_ControlCharacter_IsUnprocessableAndNamed()
    {
        var request = Wire.Encode(Request([new("user", "a\0b")]));

        var (_, error) = await demo.Host.PostForErrorAsync(TaskRoutes.Generate, request);

        Assert.Equal((ErrorCode.Unprocessable, "messages[0].content"), (error.Code, error.Param));
    }

    [Fact]
    public async Task Generate_WithATrace_HasASpanForEveryStageBelowTheRequests()
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
        var request = Wire.Encode(Request([new("user", "What?")], "A document."));

        await demo.Host.SendAsync(TaskRoutes.Generate, request, ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));
        await Eventually.IsTrueAsync(() => spans.Any(span => span.OperationName == "chat demo-generate"));

        var chat = Assert.Single(spans, span => span.OperationName == "chat demo-generate");
        foreach (var name in new[] { "prompt builder", "prompt validator", "prompt injector", "prompt executor", "queue" })
        {
            Assert.Equal(chat.SpanId, Assert.Single(spans, span => span.OperationName == name).ParentSpanId);
        }
    }

    [Theory]
    [InlineData("Prompting:Capacity", "0")]
    [InlineData("Prompting:Workers", "0")]
    [InlineData("Prompting:SystemMessage", "a\u0007b")]
    [InlineData("Prompting:SystemMessages:demo-generate", "a\0b")]
    public async Task Start_WrongSetting_StopsAndNamesIt(string name, string value)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => ServeAsync(new KeyValuePair<string, string?>(name, value)));

        Assert.Contains(exception.Failures, failure => failure.Contains(name.Split(':')[1], StringComparison.Ordinal));
    }

    private static async Task<GenerateReply> AskAsync(TestHost host, string document) => await AskAsync(host, [new("user", "What?")], document);

    private static Task<GenerateReply> AskAsync(TestHost host, ChatMessage[] messages, params string[] documents) =>
        host.PostAsync<GenerateRequest, GenerateReply>(TaskRoutes.Generate, Request(messages, documents));

    private static GenerateRequest Request(ChatMessage[] messages, params string[] documents) =>
        new("demo-generate", messages, [.. documents.Select(text => new ContextDocument("", text))], 0, [], new Sampling());

    private static async Task SendAsync(TestHost host, string route, string document, CancellationToken client)
    {
        using var content = new ByteArrayContent(Wire.Encode(Request([new("user", "What?")], document)));
        using var response = await host.Client.PostAsync(route, content, client);
        await response.Content.ReadAsByteArrayAsync(client);
    }

    // As an exporter reads them.
    private static Dictionary<string, int> Queues(TestHost host)
    {
        var meter = host.Get<HostTelemetry>().Meter;
        var queues = new Dictionary<string, int>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter) && instrument.Name == "hybrid.host.prompt.queue.length")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => queues[(string)tags.ToArray().Single(tag => tag.Key == "stage").Value!] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return queues;
    }

    private Task<TestHost> ServeAsync(params KeyValuePair<string, string?>[] settings) => TestHost.ServeAsync(demo.Repository, settings);
}
