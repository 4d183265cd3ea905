using System.Diagnostics.Metrics;
using System.Text.Json;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Generation;
using Hybrid.GpuHost.Generation.Decoding;
using Hybrid.GpuHost.Generation.Scheduling;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Prompting;
using Hybrid.GpuHost.Prompting.Templates;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tests.Generation;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.ModelFixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Prompting;

/// <summary>
/// A pipeline with all its real parts before a scheduler with one place, whose device a test can hold up. Budgets go by a clock of the
/// test; the model writes one token and is done.
/// </summary>
internal sealed class GatedPipeline : IAsyncDisposable
{
    /// <summary>A message that the template fails on.</summary>
    public const string Fault = "fault";

    /// <summary>A message that the template refuses.</summary>
    public const string Refused = "refused";

    private const string Template = """
        {%- for message in messages -%}
          {%- if message.content == 'fault' -%}{{ 1 / 0 }}{%- endif -%}
          {%- if message.content == 'refused' -%}{{ raise_exception('No.') }}{%- endif -%}
          {{- message.content -}}
        {%- endfor -%}
        """;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<HostTelemetry>().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly GptFixture _gpt;
    private readonly GenerationScheduler _scheduler;
    private int _built;

    public GatedPipeline(GptFixture gpt, int capacity = 10, int workers = 2)
    {
        _gpt = gpt;
        Engine = gpt.OpenEngine();
        var telemetry = _services.GetRequiredService<HostTelemetry>();
        var metrics = new ModelMetrics(telemetry, new ModelId("gpt", 1), TimeProvider.System);
        _scheduler = new GenerationScheduler(
            new Decoder(Engine), new GenerationOptions { MaxSequences = 1, MaxQueueSize = 0 }, padToken: 1, HuggingFaceFixtures.MaxPositions, "gpt", metrics, TimeProvider.System);
        using var folder = new TestFolder();
        File.WriteAllText(folder.Combine("tokenizer_config.json"), JsonSerializer.Serialize(new { chat_template = Template }));
        Pipeline = PromptPipeline.Create(
            ChatTemplate.Load(folder.Path, TimeProvider.System),
            SystemMessage.None,
            gpt.Tokenizer,
            HuggingFaceFixtures.MaxPositions,
            _scheduler,
            new PromptingOptions { Capacity = capacity, Workers = workers },
            metrics,
            TimeProvider.System);
        CountWhatTheBuilderTakes();
    }

    public GatedEngine Engine { get; }

    public PromptPipeline Pipeline { get; }

    public FakeTimeProvider Clock { get; } = new();

    /// <summary>Requests in the four stages, in their order.</summary>
    public IEnumerable<int> Lengths => Pipeline.Lengths.Select(stage => stage.Value);

    /// <summary>Requests anywhere between the pipeline's door and the end of their sequence.</summary>
    public int Inside => Lengths.Sum() + _scheduler.Length;

    /// <summary>Requests that the builder has taken so far.</summary>
    public int Built => Volatile.Read(ref _built);

    public static GenerateRequest Request(string text) => new("gpt", [new ChatMessage("user", text)], [], 1, [], new Sampling());

    /// <summary>Sends a request and reads its answer to the end.</summary>
    public Task<List<GeneratedPiece>> AskAsync(CancellationTokenSource? client = null, TimeSpan? budget = null, string text = "What is a batch?") =>
        AskAsync(Request(text), Sequence, client, budget);

    public async Task<List<GeneratedPiece>> AskAsync(
        GenerateRequest request, Func<int[], CancellationToken, GenerationSequence> begin, CancellationTokenSource? client = null, TimeSpan? budget = null)
    {
        using var all = new RequestBudget(budget ?? TimeSpan.FromHours(1), Clock, client?.Token ?? CancellationToken.None);
        var prompt = await Pipeline.RunAsync(request, tokens => begin(tokens, all.Token), all);
        using var place = prompt.Place;
        return await prompt.Sequence.Pieces.ReadAllAsync(all.Token).ToListAsync(all.Token);
    }

    public GenerationSequence Sequence(int[] tokens, CancellationToken cancellationToken) =>
        new(tokens, 1, [], new TokenSampler(new Sampling()), _gpt.Tokenizer.CreateDetokenizer(), new StopTexts([]), cancellationToken);

    /// <summary>Until the stages hold exactly so many, twice in a row: who is just handed on may be counted on both sides.</summary>
    public Task HoldsAsync(params int[] lengths)
    {
        var seen = 0;
        return Eventually.IsTrueAsync(() => (seen = Lengths.SequenceEqual(lengths) ? seen + 1 : 0) == 2);
    }

    public Task IsEmptyAsync() => Eventually.IsTrueAsync(() => Inside == 0);

    public async ValueTask DisposeAsync()
    {
        Engine.Open();
        await Pipeline.DisposeAsync();
        await _scheduler.DisposeAsync();
        Engine.Dispose();
        _listener.Dispose();
        await _services.DisposeAsync();
    }

    private void CountWhatTheBuilderTakes()
    {
        // Asked for here: other tests' instruments are published while this pipeline's services may be gone.
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == "hybrid.host.prompt.stage.duration")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            if (tags.ToArray().Contains(new("stage", "builder")))
            {
                Interlocked.Increment(ref _built);
            }
        });
        _listener.Start();
    }
}
