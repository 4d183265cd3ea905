using System.Diagnostics;
using System.Globalization;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Generation.Decoding;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Prompting;
using Hybrid.GpuHost.Prompting.Stages;
using Hybrid.GpuHost.Prompting.Templates;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tokenization;
using Hybrid.Models;
using Hybrid.Stack;
using Microsoft.Extensions.DependencyInjection;

namespace Hybrid.Bench.Prompting;

/// <summary>Prompts of the demo model made by the stages in one call after the other, and through their queues; nothing else is going on.</summary>
internal sealed class PromptingBenchmark : IBenchmark
{
    private const int MaxTokens = 2048;
    private const int Requests = 500;
    private const int Rounds = 9;

    private static readonly PromptingOptions Options = new();

    public string Name => "prompting";

    public string Summary => "one prompt at a time: the four stages of the prompt pipeline in one call, and through their queues";

    public async Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var models = Directory.CreateTempSubdirectory("hybrid-bench-").FullName;
        try
        {
            await DemoModels.WriteAsync(models, new Narrator(output), cancellationToken);
            return await CompareAsync(Path.Combine(models, "demo-generate", "1"), output, cancellationToken);
        }
        finally
        {
            Directory.Delete(models, recursive: true);
        }
    }

    private static async Task<IReadOnlyDictionary<string, double>> CompareAsync(string folder, TextWriter output, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<HostTelemetry>().BuildServiceProvider();
        using var tokenizer = HfTokenizer.Load(folder);
        await using var subject = new Subject(ChatTemplate.Load(folder, TimeProvider.System), tokenizer, new ModelMetrics(services.GetRequiredService<HostTelemetry>(), new ModelId("bench", 1), TimeProvider.System));
        using var budget = new RequestBudget(TimeSpan.FromHours(1), TimeProvider.System, cancellationToken);

        var figures = new Dictionary<string, double>();
        foreach (var (name, documents) in new[] { ("short", 0), ("long", 16) })
        {
            var request = new GenerateRequest(
                "bench", [new ChatMessage("user", "What?")], [.. Corpus.Passages.Take(documents).Select(p => new ContextDocument(p.Title, p.Text))], 0, [], new Sampling());
            var (direct, queued) = await InTurnAsync(
                () => Task.FromResult(subject.Direct(request, budget.Token)), () => subject.QueuedAsync(request, budget));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name} prompt, {subject.Direct(request, budget.Token).Prompt.Length} tokens: direct {direct.Microseconds:0} µs and {direct.Bytes:0} bytes, through the queues {queued.Microseconds:0} µs and {queued.Bytes:0} bytes"));
            figures[$"{name}_direct_us"] = direct.Microseconds;
            figures[$"{name}_queued_us"] = queued.Microseconds;
            figures[$"{name}_added_us"] = queued.Microseconds - direct.Microseconds;
            figures[$"{name}_added_bytes"] = queued.Bytes - direct.Bytes;
            figures[$"{name}_ratio"] = direct.Microseconds / queued.Microseconds;
        }

        return figures;
    }

    private static async Task<(Cost A, Cost B)> InTurnAsync(Func<Task> a, Func<Task> b)
    {
        await CostAsync(a);
        await CostAsync(b);
        var costs = new List<(Cost A, Cost B)>();
        for (var i = 0; i < Rounds; i++)
        {
            costs.Add((await CostAsync(a), await CostAsync(b)));
        }

        return (Median(costs.Select(cost => cost.A)), Median(costs.Select(cost => cost.B)));
    }

    private static async Task<Cost> CostAsync(Func<Task> once)
    {
        var bytes = GC.GetTotalAllocatedBytes();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Requests; i++)
        {
            await once();
        }

        return new Cost(watch.Elapsed.TotalMicroseconds / Requests, (GC.GetTotalAllocatedBytes() - bytes) / (double)Requests);
    }

    private static Cost Median(IEnumerable<Cost> costs)
    {
        var all = costs.ToArray();
        return new Cost(Measure.Median(all.Select(cost => cost.Microseconds)), Measure.Median(all.Select(cost => cost.Bytes)));
    }

    private readonly record struct Cost(double Microseconds, double Bytes);

    /// <summary>The stages with their real work; in the place of the scheduler nothing waits.</summary>
    private sealed class Subject : IAsyncDisposable
    {
        private readonly ITextTokenizer _tokenizer;
        private readonly PromptBuilder _builder;
        private readonly PromptValidator _validator;
        private readonly PromptInjector _injector;
        private readonly PromptPipeline _pipeline;

        public Subject(ChatTemplate template, ITextTokenizer tokenizer, ModelMetrics metrics)
        {
            var fit = new PromptFit(tokenizer, MaxTokens, SystemMessage.None);
            _tokenizer = tokenizer;
            _builder = new PromptBuilder(template);
            _validator = new PromptValidator(fit, Options);
            _injector = new PromptInjector(SystemMessage.None, fit);
            _pipeline = new PromptPipeline(_builder, _validator, _injector, Accept, Options, metrics, TimeProvider.System);
        }

        public GenerationSequence Direct(GenerateRequest request, CancellationToken cancellationToken) =>
            Sequence(_injector.Inject(_validator.Validate(_builder.Build(request), request.MaxTokens, cancellationToken), cancellationToken).Tokens, cancellationToken);

        public Task<AcceptedPrompt> QueuedAsync(GenerateRequest request, RequestBudget budget) => _pipeline.RunAsync(request, tokens => Sequence(tokens, budget.Token), budget);

        public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

        private static ValueTask<AcceptedPrompt> Accept(PromptRequest request, FittedPrompt prompt) =>
            ValueTask.FromResult(new AcceptedPrompt(request.Begin(prompt.Tokens), TimeSpan.Zero, request.Worked, new MemoryStream()));

        private GenerationSequence Sequence(int[] tokens, CancellationToken cancellationToken) =>
            new(tokens, 1, [], new TokenSampler(new Sampling()), _tokenizer.CreateDetokenizer(), new StopTexts([]), cancellationToken);
    }
}
