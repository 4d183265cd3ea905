using System.Threading.Channels;
using Hybrid.GpuHost.Weights;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>
/// Asks the source again and again what is published: at the start until it holds a model, then every so often, when a version that failed is due
/// again, and when somebody says that there is something new. The server answers meanwhile, and says that it is not ready until everything
/// that was there at the start is tried.
/// </summary>
public sealed class ModelWatcher(
    ModelLifecycle lifecycle, ModelsState models, IOptions<LifecycleOptions> options, TimeProvider time, ILogger<ModelWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    // Whoever wakes it while it is awake already has nothing to add.
    private readonly Channel<bool> _alarm = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _news;

    /// <summary>There may be something new: the source is asked soon.</summary>
    public void Notify()
    {
        Volatile.Write(ref _news, 1);
        _alarm.Writer.TryWrite(true);
    }

    // A source that fails is not left alone for longer than one that answers.
    private TimeSpan Longest => options.Value.PollInterval is { Ticks: > 0 } poll
        ? TimeSpan.FromTicks(Math.Clamp(poll.Ticks, FirstDelay.Ticks, LongestDelay.Ticks))
        : LongestDelay;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        HashSet<Task> running = [];
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                attempt = await PollAsync(running, attempt, stoppingToken) ? 0 : attempt;
                await WaitAsync(attempt, stoppingToken);
            }
        }
        finally
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // False: it is to be asked again soon.
    private async Task<bool> PollAsync(HashSet<Task> running, int attempt, CancellationToken stopping)
    {
        try
        {
            var begun = (await lifecycle.PollAsync(stopping)).Select(task => IsDoneAsync(task, attempt, stopping)).ToList();
            running.RemoveWhere(task => task.IsCompleted);
            running.UnionWith(begun);
            if (models.Current.Complete)
            {
                // What takes long must not keep the others from being looked at.
                return !lifecycle.IsBehind;
            }

            if (begun.Count == 0)
            {
                Log.NoModels(logger, attempt);
                return false;
            }

            // A host that is not ready yet has the time to wait for all of them.
            if ((await Task.WhenAll(begun)).All(done => done))
            {
                models.Complete();
                return !lifecycle.IsBehind;
            }
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            Log.SourceRetried(logger, attempt, SourceFailures.Reason(exception));
        }

        return false;
    }

    // False: the source could not be asked, and may be later.
    private async Task<bool> IsDoneAsync(Task reconciling, int attempt, CancellationToken stopping)
    {
        try
        {
            await reconciling;
            return true;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            Log.SourceRetried(logger, attempt, SourceFailures.Reason(exception));
            return !LoadFailure.MayPass(exception);
        }
        finally
        {
            // What has failed in it may be due again before the next poll.
            _alarm.Writer.TryWrite(true);
        }
    }

    private async Task WaitAsync(int failures, CancellationToken stopping)
    {
        var begun = time.GetTimestamp();
        while (Interlocked.Exchange(ref _news, 0) == 0)
        {
            var delay = Until(failures, begun);
            if (delay <= TimeSpan.Zero && delay != Timeout.InfiniteTimeSpan)
            {
                return;
            }

            using var timeout = new CancellationTokenSource(delay, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
            try
            {
                await _alarm.Reader.ReadAsync(end.Token);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    // From now; infinite: nothing is due.
    private TimeSpan Until(int failures, long begun)
    {
        var now = time.GetTimestamp();
        var poll = failures > 0 ? RetryBackoff.After(failures, FirstDelay, Longest) : options.Value.PollInterval;
        var left = poll == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : poll - time.GetElapsedTime(begun, now);
        if (failures > 0 || lifecycle.NextRetry(now) is not { } retry)
        {
            return left;
        }

        // Not before it is due, by the clock's whole milliseconds.
        var due = time.GetElapsedTime(now, retry) + TimeSpan.FromMilliseconds(1);
        return left == Timeout.InfiniteTimeSpan || due < left ? due : left;
    }
}
