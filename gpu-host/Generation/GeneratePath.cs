using System.Collections.Frozen;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Generation.Decoding;
using Hybrid.GpuHost.Generation.Scheduling;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Prompting;
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
    private readonly PromptPipeline _prompts;
    private readonly GenerationScheduler _scheduler;
    private readonly FrozenSet<int> _endTokens;
    private readonly TimeProvider _time;

    internal GeneratePath(ModelDescription model, ITextTokenizer tokenizer, PromptPipeline prompts, GenerationScheduler scheduler, TimeProvider time)
    {
        _model = model;
        _tokenizer = tokenizer;
        _prompts = prompts;
        _scheduler = scheduler;
        _endTokens = model.EosIds.ToFrozenSet();
        _time = time;
    }

    /// <summary>Requests on their way to the scheduler, and sequences that wait there or are in work.</summary>
    public int QueueLength => _prompts.Lengths.Sum(stage => stage.Value) + _scheduler.Length;

    /// <summary>Requests in each stage of the prompt pipeline.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> PromptQueues => _prompts.Lengths;

    /// <summary>The whole answer.</summary>
    /// <inheritdoc cref="BeginAsync"/>
    public async Task<GenerateReply> RunAsync(GenerateRequest request, RequestBudget budget)
    {
        using var stream = await BeginAsync(request, budget);
        return await stream.ReadToEndAsync();
    }

    /// <summary>An answer that can be read while it is made, as soon as the scheduler has its prompt.</summary>
    /// <exception cref="HybridException">The request is refused, or the model cannot answer it.</exception>
    /// <exception cref="OperationCanceledException">The budget ended or the client left; the sequence stops within a step.</exception>
    public async Task<GenerationStream> BeginAsync(GenerateRequest request, RequestBudget budget)
    {
        Check(request);
        var sampler = new TokenSampler(request.Sampling);
        var arrived = _time.GetTimestamp();
        var prompt = await _prompts.RunAsync(request, tokens => Sequence(tokens, request, sampler, arrived, budget.Token), budget);
        return new GenerationStream(_model.Id, prompt.Sequence, prompt.Place, prompt.Waited, prompt.Tokenized, budget);
    }

    /// <summary>Hands over what is in the pipeline, ends what the scheduler has, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _prompts.DisposeAsync();
        await _scheduler.DisposeAsync();
    }

    private GenerationSequence Sequence(int[] prompt, GenerateRequest request, TokenSampler sampler, long arrived, CancellationToken cancellationToken)
    {
        var room = _model.MaxTokens - prompt.Length;
        return new GenerationSequence(
            prompt,
            request.MaxTokens > 0 ? Math.Min(request.MaxTokens, room) : room,
            _endTokens,
            sampler,
            _tokenizer.CreateDetokenizer(),
            new StopTexts(request.Stop),
            cancellationToken)
        {
            Arrived = arrived,
        };
    }

    // Of the answer; what concerns the prompt its pipeline checks.
    private static void Check(GenerateRequest request)
    {
        if (request.Stop.Count > 0)
        {
            RequestLimits.CheckCount("stop", request.Stop.Count, MostStops);
        }

        if (request.MaxTokens < 0)
        {
            throw new HybridException(ErrorCode.Unprocessable, "max_tokens has to be 0 (as many as fit) or more.", "max_tokens");
        }

        if (request.Stop.Any(stop => stop.Length is 0 or > LongestStop))
        {
            throw new HybridException(ErrorCode.Unprocessable, $"A stop text has to have 1 to {LongestStop} characters.", "stop");
        }
    }
}
