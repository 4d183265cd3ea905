using System.Threading.Channels;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Generation.Scheduling;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Prompting.Stages;
using Hybrid.GpuHost.Prompting.Templates;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting;

/// <summary>
/// A model's way from a request to a sequence in the scheduler: builder → validator → injector → executor, joined by bounded queues.
/// While the scheduler has no place each queue fills in turn, and then callers wait, each as long as its budget. Safe for many threads.
/// </summary>
internal sealed class PromptPipeline : IAsyncDisposable
{
    private readonly PromptStage<GenerateRequest, PromptDraft> _builder;
    private readonly PromptStage<PromptDraft, FittedPrompt> _validator;
    private readonly PromptStage<FittedPrompt, FittedPrompt> _injector;
    private readonly PromptStage<FittedPrompt, AcceptedPrompt> _executor;
    private readonly TimeProvider _time;

    public PromptPipeline(
        PromptBuilder builder,
        PromptValidator validator,
        PromptInjector injector,
        Func<PromptRequest, FittedPrompt, ValueTask<AcceptedPrompt>> executor,
        PromptingOptions options,
        ModelMetrics metrics,
        TimeProvider time)
    {
        _time = time;
        _executor = new("executor", executor, Complete, options.Capacity, 1, metrics, time);
        _injector = Stage<FittedPrompt, FittedPrompt>("injector", (request, prompt) => injector.Inject(prompt, request.CancellationToken), _executor.EnterAsync);
        _validator = Stage<PromptDraft, FittedPrompt>(
            "validator", (request, draft) => validator.Validate(draft, request.Request.MaxTokens, request.CancellationToken), _injector.EnterAsync);
        _builder = Stage<GenerateRequest, PromptDraft>("builder", (_, request) => builder.Build(request), _validator.EnterAsync);

        PromptStage<TIn, TOut> Stage<TIn, TOut>(string name, Func<PromptRequest, TIn, TOut> work, Func<PromptRequest, TOut, ValueTask> next) =>
            new(name, (request, input) => ValueTask.FromResult(work(request, input)), next, options.Capacity, options.Workers, metrics, time);
    }

    /// <summary>The pipeline of one model.</summary>
    public static PromptPipeline Create(
        ChatTemplate template, SystemMessage system, ITextTokenizer tokenizer, int maxTokens, GenerationScheduler scheduler, PromptingOptions options, ModelMetrics metrics, TimeProvider time)
    {
        var fit = new PromptFit(tokenizer, maxTokens, system);
        return new PromptPipeline(
            new PromptBuilder(template), new PromptValidator(fit, options), new PromptInjector(system, fit), new PromptExecutor(scheduler, metrics).ExecuteAsync, options, metrics, time);
    }

    /// <summary>Requests that wait for each stage or are in it.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Lengths =>
        [new(_builder.Name, _builder.Length), new(_validator.Name, _validator.Length), new(_injector.Name, _injector.Length), new(_executor.Name, _executor.Length)];

    /// <summary>Makes a prompt of a request, and gives it to the scheduler.</summary>
    /// <param name="request">What its caller asks for.</param>
    /// <param name="begin">Makes the sequence of the prompt's tokens.</param>
    /// <param name="budget">Ends the wait wherever the request is.</param>
    /// <exception cref="HybridException">
    /// The request is refused; <see cref="ErrorCode.DeadlineExceeded"/> names the stage; <see cref="ErrorCode.Unavailable"/>: the model is being unloaded.
    /// </exception>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async Task<AcceptedPrompt> RunAsync(GenerateRequest request, Func<int[], GenerationSequence> begin, RequestBudget budget)
    {
        var prompt = new PromptRequest(request, begin, budget, _time);
        var entering = _builder.EnterAsync(prompt, request);
        using var departure = budget.Token.UnsafeRegister(state => ((PromptRequest)state!).GiveUp(), prompt);
        try
        {
            await entering;
        }
        catch (ChannelClosedException)
        {
            throw new HybridException(ErrorCode.Unavailable, "The model is being unloaded.");
        }
        catch (OperationCanceledException exception)
        {
            prompt.Fail(exception);
        }

        return await prompt.Accepted;
    }

    /// <summary>Takes no more, hands over what it has, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _builder.CompleteAsync();
        await _validator.CompleteAsync();
        await _injector.CompleteAsync();
        await _executor.CompleteAsync();
    }

    private static ValueTask Complete(PromptRequest request, AcceptedPrompt accepted)
    {
        request.Complete(accepted);
        return ValueTask.CompletedTask;
    }
}
