using System.Diagnostics.Metrics;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Admission.Tenants;
using Hybrid.GpuHost.Endpoints;
using Hybrid.GpuHost.Endpoints.Tasks;
using Hybrid.GpuHost.Generation;
using Hybrid.GpuHost.Generation.Decoding;
using Hybrid.GpuHost.Generation.Scheduling;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.ModelFixtures;
using Hybrid.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hybrid.GpuHost.Tests.Generation.Streams;

/// <summary>A real server that streams one long text to everyone, of a model each of whose steps a test lets through.</summary>
internal sealed class GatedStreamHost : IAsyncDisposable
{
    public const int MaxTokens = 50;

    private readonly WebApplication _app;
    private readonly NoErrorsLoggerProvider _errors;

    private GatedStreamHost(WebApplication app, NoErrorsLoggerProvider errors, GatedEngine engine, GenerationScheduler scheduler, MeterSums sums)
    {
        _app = app;
        _errors = errors;
        Engine = engine;
        Scheduler = scheduler;
        Sums = sums;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public GatedEngine Engine { get; }

    public GenerationScheduler Scheduler { get; }

    public MeterSums Sums { get; }

    /// <summary>Requests that were let in and are not answered yet.</summary>
    public int Inside => _app.Services.GetRequiredService<AdmissionGate>().Inside;

    public static async Task<GatedStreamHost> StartAsync(GptFixture gpt, TimeProvider time, params int[] expectedErrors)
    {
        var errors = new NoErrorsLoggerProvider(expectedErrors);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(errors);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddMetrics().AddOptions()
            .AddSingleton(time).AddSingleton<HostTelemetry>().AddSingleton<AdmissionGate>().AddSingleton<RequestPipeline>()
            .AddSingleton(new TenantQuota(new TenantQuotaOptions(), time));
        var app = builder.Build();
        var telemetry = app.Services.GetRequiredService<HostTelemetry>();
        var sums = new MeterSums(app.Services.GetRequiredService<IMeterFactory>(), "outcome");
        var engine = gpt.OpenEngine();
        var model = new ModelId("gpt", 1);
        var scheduler = new GenerationScheduler(
            new Decoder(engine), new GenerationOptions(), padToken: 1, HuggingFaceFixtures.MaxPositions, "gpt", new ModelMetrics(telemetry, model, time), time);
        var route = new GatedRoute(gpt, model, scheduler);
        app.MapPost("/", http => app.Services.GetRequiredService<RequestPipeline>().ServeAsync(http, route));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new GatedStreamHost(app, errors, engine, scheduler, sums);
    }

    /// <summary>Asks for the text; ends when the first token was made and the second one's run waits at the gate.</summary>
    public async Task<StreamedAnswer> AskForFirstTokenAsync()
    {
        Engine.Close();
        var asked = Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "/"), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await Engine.RunBeginsAsync();
        Engine.LetThrough();
        await Engine.RunBeginsAsync();
        return await StreamedAnswer.OpenAsync(await asked);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Engine.Open();
        await _app.StopAsync(CancellationToken.None);
        await Scheduler.DisposeAsync();
        await _app.DisposeAsync();
        Engine.Dispose();
        Sums.Dispose();
        _errors.Verify();
    }

    private sealed class GatedRoute(GptFixture gpt, ModelId model, GenerationScheduler scheduler) : WorkRoute
    {
        public override bool OutlivesItsAnswer => true;

        public override async ValueTask AnswerAsync(HttpContext http, RequestBudget budget)
        {
            var sequence = new GenerationSequence(
                [20, 57, 94], MaxTokens, [], new TokenSampler(new Sampling()), gpt.Tokenizer.CreateDetokenizer(), new StopTexts([]), budget.Token);
            using var stream = new GenerationStream(model, sequence, await scheduler.EnqueueAsync(sequence), TimeSpan.Zero, TimeSpan.Zero, budget);
            await GenerateFrames.WriteAsync(http.Response, stream, budget.Token);
        }

        public override Task WriteErrorAsync(HttpResponse response, Error error) => response.Body.WriteAsync(Wire.Encode(error)).AsTask();

        public override Task? WriteLateErrorAsync(HttpResponse response, Error error) => GenerateFrames.WriteFailureAsync(response, error);
    }
}
