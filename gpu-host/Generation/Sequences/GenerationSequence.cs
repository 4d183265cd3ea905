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
    private volatile bool _over;

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

        // Room for all it can ever hold: a reader that is slow, or gone, never makes the others' steps wait.
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

    /// <summary>Ended, failed or given up: nothing of it is wanted any more.</summary>
    public bool IsOver => _over;

    /// <summary>Its newest token: what the next step begins with.</summary>
    public int LastToken { get; private set; }

    public int NewTokens { get; private set; }

    /// <summary>From the queue's door until its turn came. Set before the first piece.</summary>
    public TimeSpan Queued { get; set; }

    /// <summary>The device's time on the runs that it was in, its own and others' rows together. Complete with the last piece.</summary>
    public TimeSpan Computed { get; set; }

    /// <summary>Takes what the model says comes next.</summary>
    public void Accept(ReadOnlySpan<float> logits)
    {
        LastToken = _sampler.Choose(logits);
        NewTokens++;
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

    public void Fail(Exception exception)
    {
        _over = true;
        _pieces.Writer.TryComplete(exception);
    }

    public void Abandon() => Fail(new OperationCanceledException(CancellationToken));

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
        if (finish is not null)
        {
            _over = true;
            _pieces.Writer.TryComplete();
        }
    }
}
