using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Generation.Sequences;

namespace Hybrid.GpuHost.Prompting;

/// <summary>
/// One request on its way through the stages. Its caller waits for <see cref="Accepted"/> and has an answer the moment that the budget ends
/// or the client leaves, wherever the request is then; the stages skip what is over.
/// </summary>
internal sealed class PromptRequest(GenerateRequest request, Func<int[], GenerationSequence> begin, RequestBudget budget, TimeProvider time)
{
    private readonly TaskCompletionSource<AcceptedPrompt> _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _since = time.GetTimestamp();

    // Channels hand on the item and nothing of the flow it came with: without this the spans and log scopes of the request would end here.
    private readonly ExecutionContext? _flow = ExecutionContext.Capture();
    private volatile string _stage = "";

    public GenerateRequest Request => request;

    public CancellationToken CancellationToken { get; } = budget.Token;

    public Task<AcceptedPrompt> Accepted => _accepted.Task;

    /// <summary>Answered: nothing of it is wanted any more.</summary>
    public bool IsOver => _accepted.Task.IsCompleted;

    /// <summary>Where it waits or is in work; a time-out names it.</summary>
    public string Stage
    {
        set => _stage = value;
    }

    /// <summary>What the stages have spent on it.</summary>
    public TimeSpan Worked { get; set; }

    /// <summary>Its time in the pipeline, until this timestamp, in which no stage worked on it.</summary>
    public TimeSpan WaitedUntil(long timestamp) => time.GetElapsedTime(_since, timestamp) - Worked;

    /// <summary>The sequence that a finished prompt becomes.</summary>
    public GenerationSequence Begin(int[] tokens) => begin(tokens);

    /// <summary>Begins work in the flow of the request, so that its spans and log scopes are the request's.</summary>
    public Task InItsFlow(Func<Task> work)
    {
        if (_flow is null)
        {
            return work();
        }

        var working = Task.CompletedTask;
        ExecutionContext.Run(_flow, _ => working = work(), null);
        return working;
    }

    public void Complete(AcceptedPrompt accepted)
    {
        if (!_accepted.TrySetResult(accepted))
        {
            // Given up in this moment: nobody will read it.
            accepted.Place.Dispose();
        }
    }

    public void Fail(Exception exception)
    {
        if (exception is OperationCanceledException && CancellationToken.IsCancellationRequested)
        {
            GiveUp();
        }
        else
        {
            _accepted.TrySetException(exception);
        }
    }

    /// <summary>Answers the caller, whose budget has ended or whose client has left.</summary>
    public void GiveUp()
    {
        if (budget.IsSpent)
        {
            var stage = _stage;
            _accepted.TrySetException(new HybridException(
                ErrorCode.DeadlineExceeded, $"The budget ended before the {stage} of the prompt was done.", $"prompt.{stage}"));
        }
        else
        {
            _accepted.TrySetCanceled(CancellationToken);
        }
    }
}
