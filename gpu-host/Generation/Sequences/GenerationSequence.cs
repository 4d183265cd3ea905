using System.Diagnostics;
using System.Threading.Channels;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Generation.Decoding;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Generation.Sequences;

/// <summary>One text in the making: its prompt, how it goes on, and the way for its pieces to whoever asked for it.</summary>
internal sealed class GenerationSequence
{
    private readonly IReadOnlyCollection<int> _endTokens;
    private readonly TokenSampler _sampler;
    private readonly Detokenizer _detokenizer;
    private readonly StopTexts _stops;
    private readonly Channel<GeneratedPiece> _pieces;
    private readonly TaskCompletionSource<FinishReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GenerationSequence(
        int[] prompt, int maxNewTokens, IReadOnlyCollection<int> endTokens, TokenSampler sampler, Detokenizer detokenizer, StopTexts stops, CancellationToken cancellationToken)
    {
        Prompt = prompt;
        MaxNewTokens = maxNewTokens;
        CancellationToken = cancellationToken;
        _endTokens = endTokens;
        _sampler = sampler;
        _detokenizer = detokenizer;
        _stops = stops;

        // Room for all it can ever hold, which is little: a reader that is slow, or gone, never makes the others' steps wait.
        _pieces = Channel.CreateBounded<GeneratedPiece>(new BoundedChannelOptions(maxNewTokens) { SingleReader = true, SingleWriter = false });
    }

    public int[] Prompt { get; }

    public int MaxNewTokens { get; }

    /// <summary>Ends the sequence, waiting or running.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Where the request's spans hang.</summary>
    public ActivityContext Trace { get; } = Activity.Current?.Context ?? default;

    /// <summary>The pieces as they come; ends with the one that has a finish reason, or throws why there is none.</summary>
    public ChannelReader<GeneratedPiece> Pieces => _pieces.Reader;

    /// <summary>Why it ended, as soon as it did, whether or not its pieces were read; or why it could not end.</summary>
    public Task<FinishReason> Ended => _ended.Task;

    /// <summary>Ended, failed or given up: nothing of it is wanted any more.</summary>
    public bool IsOver => _ended.Task.IsCompleted;

    /// <summary>Its newest token: what the next step begins with.</summary>
    public int LastToken { get; private set; }

    public int NewTokens { get; private set; }

    /// <summary>When its request came; a timestamp of the clock.</summary>
    public long Arrived { get; init; }

    /// <summary>When it got its place in the scheduler; a timestamp of the clock.</summary>
    public long Enqueued { get; set; }

    /// <summary>When its first token was made, and its newest; timestamps of the clock.</summary>
    public (long First, long Newest) Made { get; private set; }

    /// <summary>From the queue's door until its turn came. Set before the first piece.</summary>
    public TimeSpan Queued { get; set; }

    /// <summary>The device's time on the runs that it was in, its own and others' rows together. Complete with the last piece.</summary>
    public TimeSpan Computed { get; set; }

    /// <summary>Takes what the model says comes next.</summary>
    /// <param name="logits">Of every token of the vocabulary.</param>
    /// <param name="now">A timestamp of the clock.</param>
    public void Accept(ReadOnlySpan<float> logits, long now)
    {
        LastToken = _sampler.Choose(logits);
        NewTokens++;
        Made = (NewTokens == 1 ? now : Made.First, now);
        if (_endTokens.Contains(LastToken))
        {
            End(FinishReason.Stop, "");
            return;
        }

        var text = _stops.Append(_detokenizer.Append(LastToken));
        if (_stops.Found)
        {
            Give(text, FinishReason.Stop);
        }
        else if (NewTokens == MaxNewTokens)
        {
            End(FinishReason.Length, text);
        }
        else
        {
            Give(text, null);
        }
    }

    /// <returns>False: it was over already.</returns>
    public bool Fail(Exception exception)
    {
        if (!_ended.TrySetException(exception))
        {
            return false;
        }

        // Whoever reads the pieces is told, too; nobody else has to look.
        _ = _ended.Task.Exception;
        _pieces.Writer.TryComplete(exception);
        return true;
    }

    /// <inheritdoc cref="Fail"/>
    public bool Abandon() => Fail(new OperationCanceledException(CancellationToken));

    /// <summary>The last piece: with what was held back of the text.</summary>
    private void End(FinishReason reason, string text)
    {
        text += _stops.Append(_detokenizer.Flush());
        reason = _stops.Found ? FinishReason.Stop : reason;
        Give(text + _stops.Flush(), reason);
    }

    private void Give(string text, FinishReason? finish)
    {
        _pieces.Writer.TryWrite(new GeneratedPiece(LastToken, text, finish));
        if (finish is { } reason && _ended.TrySetResult(reason))
        {
            _pieces.Writer.TryComplete();
        }
    }
}
