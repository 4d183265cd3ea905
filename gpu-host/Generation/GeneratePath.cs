using System.Collections.Frozen;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Generation.Decoding;
using Hybrid.GpuHost.Generation.Scheduling;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Prompting;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Generation;

/// <summary>A generate request's way: check, prompt, decode, reply.</summary>
public sealed class GeneratePath : IAsyncDisposable
{
    // As OpenAI's API has it, four times over; every step looks for each of them.
    private const int MostStops = 16;
    private const int LongestStop = 256;

    private readonly ModelDescription _model;
    private readonly ITextTokenizer _tokenizer;
    private readonly PromptBuilder _prompts;
    private readonly GenerationScheduler _scheduler;
    private readonly GenerationOptions _options;
    private readonly FrozenSet<int> _endTokens;
    private readonly ModelMetrics _metrics;
    private readonly TimeProvider _time;

    internal GeneratePath(
        ModelDescription model, ITextTokenizer tokenizer, ChatTemplate template, GenerationScheduler scheduler, GenerationOptions options, ModelMetrics metrics, TimeProvider time)
    {
        _model = model;
        _tokenizer = tokenizer;
        _prompts = new PromptBuilder(template, tokenizer, model.MaxTokens);
        _scheduler = scheduler;
        _options = options;
        _endTokens = model.EosIds.ToFrozenSet();
        _metrics = metrics;
        _time = time;
    }

    /// <summary>Sequences that wait or are in work.</summary>
    public int QueueLength => _scheduler.Length;

    /// <summary>The whole answer.</summary>
    /// <inheritdoc cref="Begin"/>
    public async Task<GenerateReply> RunAsync(GenerateRequest request, RequestBudget budget)
    {
        using var stream = Begin(request, budget);
        return await stream.ReadToEndAsync();
    }

    /// <summary>An answer that can be read while it is made.</summary>
    /// <exception cref="HybridException">The request is refused, or the model cannot answer it.</exception>
    /// <exception cref="OperationCanceledException">The budget ended or the client left; the sequence stops within a step.</exception>
    public GenerationStream Begin(GenerateRequest request, RequestBudget budget)
    {
        Check(request);
        var sampler = new TokenSampler(request.Sampling);
        var begin = _time.GetTimestamp();
        var prompt = _prompts.Build(request, budget.Token);
        var tokenized = _time.GetElapsedTime(begin);
        _metrics.Tokenized(tokenized);

        var room = _model.MaxTokens - prompt.Length;
        var sequence = new GenerationSequence(
            prompt,
            request.MaxTokens > 0 ? Math.Min(request.MaxTokens, room) : room,
            _endTokens,
            sampler,
            _tokenizer.CreateDetokenizer(),
            new StopTexts(request.Stop),
            budget.Token)
        {
            Arrived = begin,
        };
        return new GenerationStream(_model.Id, sequence, _scheduler.Enqueue(sequence), tokenized, budget);
    }

    public ValueTask DisposeAsync() => _scheduler.DisposeAsync();

    private void Check(GenerateRequest request)
    {
        RequestLimits.CheckCount("messages", request.Messages.Count, _options.MaxMessages);
        RequestLimits.NotEmpty(request.Messages[^1].Content, $"messages[{request.Messages.Count - 1}].content");
        AtMost("documents", request.Documents.Count, _options.MaxDocuments);
        AtMost("stop", request.Stop.Count, MostStops);
        if (request.MaxTokens < 0)
        {
            throw new HybridException(ErrorCode.Unprocessable, "max_tokens has to be 0 (as many as fit) or more.", "max_tokens");
        }

        if (request.Stop.Any(stop => stop.Length is 0 or > LongestStop))
        {
            throw new HybridException(ErrorCode.Unprocessable, $"A stop text has to have 1 to {LongestStop} characters.", "stop");
        }
    }

    private static void AtMost(string name, int count, int most)
    {
        if (count > 0)
        {
            RequestLimits.CheckCount(name, count, most);
        }
    }
}
