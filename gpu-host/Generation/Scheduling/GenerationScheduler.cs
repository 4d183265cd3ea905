using System.Threading.Channels;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Generation.Decoding;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Generation.Scheduling;

/// <summary>
/// Decides what a decoder computes next. It has ONE owner, a loop that alone touches what waits and what is in work and drives the
/// session step by step: sequences that wait when there is room begin together as a group, and the groups take turns, one run each, so
/// that a newcomer waits for a step of the others and not for their end. A sequence that nobody wants any more is seen at the next step.
/// </summary>
internal sealed class GenerationScheduler : IAsyncDisposable
{
    private readonly Decoder _decoder;
    private readonly GenerationOptions _options;
    private readonly ModelMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly int _padToken;
    private readonly int _maxTokens;
    private readonly ExecutionLane _lane;
    private readonly List<Waiting> _waiting = [];
    private readonly List<SequenceGroup> _groups = [];
    private readonly Task _owner;

    // Unbounded, because leaving must never block or fail; what arrives is bounded by the places. Null only wakes the owner.
    private readonly Channel<Waiting?> _inbox = Channel.CreateUnbounded<Waiting?>(new UnboundedChannelOptions { SingleReader = true });
    // Never disposed: it holds nothing but memory, and who comes late must be told why.
    private readonly SemaphoreSlim _places;
    private volatile SequenceGroup? _running;

    /// <param name="decoder">The model.</param>
    /// <param name="options">The limits.</param>
    /// <param name="padToken">What fills up the shorter prompts of a group.</param>
    /// <param name="maxTokens">The model's length.</param>
    /// <param name="name">Names the thread that the runs are on.</param>
    /// <param name="metrics">Where it says what it does.</param>
    /// <param name="time">The clock.</param>
    public GenerationScheduler(Decoder decoder, GenerationOptions options, int padToken, int maxTokens, string name, ModelMetrics metrics, TimeProvider time)
    {
        _decoder = decoder;
        _options = options;
        _padToken = padToken;
        _maxTokens = maxTokens;
        _metrics = metrics;
        _time = time;
        _lane = new ExecutionLane(name);
        _places = new SemaphoreSlim(Places);
        _owner = Task.Run(OwnAsync);
    }

    /// <summary>Sequences that wait or are in work.</summary>
    public int Length => Places - _places.CurrentCount;

    private int Places => _options.MaxSequences + _options.MaxQueueSize;

    /// <summary>Takes a sequence in, as soon as there is a place for it; its pieces come through it.</summary>
    /// <returns>Its place; disposed before the sequence is over, it gives the sequence up.</returns>
    /// <exception cref="HybridException"><see cref="ErrorCode.Unavailable"/>: the model is being unloaded.</exception>
    /// <exception cref="OperationCanceledException">The sequence was given up before there was a place.</exception>
    public async ValueTask<IDisposable> EnqueueAsync(GenerationSequence sequence)
    {
        await _places.WaitAsync(sequence.CancellationToken);
        var pass = _metrics.EnterQueue();
        sequence.Enqueued = _time.GetTimestamp();
        if (!_inbox.Writer.TryWrite(new Waiting(sequence, pass)))
        {
            _places.Release();
            pass.Dispose();
            throw new HybridException(ErrorCode.Unavailable, "The model is being unloaded.");
        }

        _ = MeasureAsync(sequence, pass);
        return new Place(sequence.CancellationToken.UnsafeRegister(_ => Leave(sequence), null), () => Leave(sequence));
    }

    /// <summary>Takes no more, ends what it has, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _inbox.Writer.TryComplete();
        await _owner;
        _lane.Dispose();
    }

    private void Leave(GenerationSequence sequence)
    {
        if (!sequence.Abandon())
        {
            return;
        }

        _inbox.Writer.TryWrite(null);
        try
        {
            _running?.StopIfUnwanted();
        }
        catch (ObjectDisposedException)
        {
            // The run ended in this moment: there is nothing left to stop.
        }
    }

    private async Task MeasureAsync(GenerationSequence sequence, QueuePass pass)
    {
        string outcome;
        try
        {
            outcome = (await sequence.Ended).ToName();
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
        }
        catch (Exception)
        {
            outcome = "failed";
        }

        pass.Dispose();
        _metrics.Generated(outcome, sequence.NewTokens, _time.GetElapsedTime(sequence.Made.First, sequence.Made.Newest));
    }

    // From here on everything runs on the owner's loop.
    private async Task OwnAsync()
    {
        while (await HasWorkAsync())
        {
            Begin();
            for (var i = _groups.Count - 1; i >= 0; i--)
            {
                await StepAsync(_groups[i]);
                if (_groups[i].IsOver)
                {
                    End(_groups[i]);
                }
            }
        }
    }

    private async Task<bool> HasWorkAsync()
    {
        while (true)
        {
            while (_inbox.Reader.TryRead(out var arrival))
            {
                if (arrival is not null)
                {
                    _waiting.Add(arrival);
                }
            }

            Free(_waiting.RemoveAll(waiting => waiting.Sequence.IsOver));
            if (_groups.Count > 0 || _waiting.Count > 0)
            {
                return true;
            }

            if (!await _inbox.Reader.WaitToReadAsync())
            {
                return false;
            }
        }
    }

    /// <summary>Groups of what waits, the oldest first, as long as there is room.</summary>
    private void Begin()
    {
        var room = _options.MaxSequences - _groups.Sum(group => group.Sequences.Count);
        while (room > 0 && _waiting.Count > 0)
        {
            var first = _waiting[0].Sequence.Prompt.Length;
            var chosen = _waiting.Where(waiting => FitTogether(first, waiting.Sequence.Prompt.Length)).Take(room).ToArray();
            _waiting.RemoveAll(chosen.Contains);
            foreach (var waiting in chosen)
            {
                waiting.Pass.Begin();
                waiting.Sequence.Queued = _time.GetElapsedTime(waiting.Sequence.Enqueued);
                _metrics.Queued(waiting.Sequence.Queued, waiting.Sequence.Trace);
            }

            GenerationSequence[] sequences = [.. chosen.Select(waiting => waiting.Sequence)];
            _groups.Add(new SequenceGroup(_decoder, sequences, _options.PrefillChunkTokens, _padToken, _maxTokens, _metrics, _time));
            room -= chosen.Length;
        }
    }

    private bool FitTogether(int first, int other) =>
        first == other || (_decoder.Layout.CanPad && LengthBuckets.Of(first) == LengthBuckets.Of(other));

    private async Task StepAsync(SequenceGroup group)
    {
        var begin = _time.GetTimestamp();
        try
        {
            _running = group;
            // Who left before the line above told nobody.
            group.StopIfUnwanted();
            await _lane.RunAsync(() =>
            {
                group.Step();
                return true;
            });
        }
        catch (Exception exception)
        {
            // Whoever left has the reason already; for the others of the group there is no way to go on.
            foreach (var sequence in group.Sequences.Where(sequence => !sequence.IsOver))
            {
                sequence.Fail(exception);
            }
        }
        finally
        {
            _running = null;
        }

        _metrics.Computed(_time.GetElapsedTime(begin));
    }

    private void End(SequenceGroup group)
    {
        _groups.Remove(group);
        Free(group.Sequences.Count);
        group.Dispose();
    }

    private void Free(int places)
    {
        if (places > 0)
        {
            _places.Release(places);
        }
    }

    private sealed record Waiting(GenerationSequence Sequence, QueuePass Pass);

    private sealed class Place(IDisposable watch, Action leave) : IDisposable
    {
        public void Dispose()
        {
            watch.Dispose();
            leave();
        }
    }
}
