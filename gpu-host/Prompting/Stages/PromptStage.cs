using System.Threading.Channels;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Prompting.Stages;

/// <summary>
/// Runs one stage: its workers take requests from a bounded queue of its own, one at a time, and hold each until the next stage has
/// taken it. So a slow stage fills its queue, then holds up the one before it, and so on to the caller. What went wrong with a request
/// ends that request alone.
/// </summary>
internal sealed class PromptStage<TIn, TOut>
{
    private readonly Func<PromptRequest, TIn, ValueTask<TOut>> _work;
    private readonly Func<PromptRequest, TOut, ValueTask> _next;
    private readonly Channel<(PromptRequest Request, TIn Input)> _queue;
    private readonly ModelMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Task _workers;
    private int _inWork;

    /// <param name="name">In metrics, spans and time-outs.</param>
    /// <param name="work">What is done with a request.</param>
    /// <param name="next">Where it goes then; ends when it was taken.</param>
    /// <param name="capacity">Most that wait.</param>
    /// <param name="workers">Most in work at a time.</param>
    /// <param name="metrics">Where it says what it does.</param>
    /// <param name="time">The clock.</param>
    public PromptStage(
        string name, Func<PromptRequest, TIn, ValueTask<TOut>> work, Func<PromptRequest, TOut, ValueTask> next, int capacity, int workers, ModelMetrics metrics, TimeProvider time)
    {
        Name = name;
        _work = work;
        _next = next;
        _metrics = metrics;
        _time = time;

        // Full: whoever writes waits. Nothing is ever dropped, and nobody waits who was not admitted at the host's door.
        _queue = Channel.CreateBounded<(PromptRequest, TIn)>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = workers == 1 });
        _workers = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync)));
    }

    public string Name { get; }

    /// <summary>Requests that wait for this stage or are in it.</summary>
    public int Length => _queue.Reader.Count + Volatile.Read(ref _inWork);

    /// <summary>Waits for room.</summary>
    /// <exception cref="OperationCanceledException">The request was given up meanwhile.</exception>
    /// <exception cref="ChannelClosedException">The stage takes no more.</exception>
    public ValueTask EnterAsync(PromptRequest request, TIn input)
    {
        request.Stage = Name;
        return _queue.Writer.WriteAsync((request, input), request.CancellationToken);
    }

    /// <summary>Takes no more, works off what it has, and ends.</summary>
    public Task CompleteAsync()
    {
        _queue.Writer.TryComplete();
        return _workers;
    }

    // Not ReadAllAsync, whose enumerator would hold the last request until the next one comes.
    private async Task WorkAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (_queue.Reader.TryRead(out var item))
            {
                await WorkAsync(item.Request, item.Input);
            }
        }
    }

    private async Task WorkAsync(PromptRequest request, TIn input)
    {
        Interlocked.Increment(ref _inWork);
        if (!request.IsOver)
        {
            await request.InItsFlow(() => PassAsync(request, input));
        }

        Interlocked.Decrement(ref _inWork);
    }

    private async Task PassAsync(PromptRequest request, TIn input)
    {
        try
        {
            await _next(request, await MeasureAsync(request, input));
        }
        catch (Exception exception)
        {
            request.Fail(exception);
        }
    }

    private async ValueTask<TOut> MeasureAsync(PromptRequest request, TIn input)
    {
        var begin = _time.GetTimestamp();
        var succeeded = false;
        try
        {
            var output = await _work(request, input);
            succeeded = true;
            return output;
        }
        finally
        {
            var elapsed = _time.GetElapsedTime(begin);
            request.Worked += elapsed;

            // That somebody left is no failure of the stage.
            _metrics.PromptStageEnded(Name, elapsed, succeeded || request.CancellationToken.IsCancellationRequested);
        }
    }
}
