using Hybrid.LocalHost.Durable.Replay;
using Hybrid.LocalHost.Durable.Storage;
using Microsoft.DurableTask;

namespace Hybrid.LocalHost.Durable.Engine;

/// <summary>
/// Runs orchestrations on this machine. Its memory holds no state, only who is to run next: that is read from the store at the start
/// and follows from every commit. So a process that is killed at any moment loses nothing.
/// </summary>
internal sealed class DurableEngine : IAsyncDisposable
{
    /// <summary>Wait before a turn or an activity that the store refused (a full disk) is tried again.</summary>
    private static readonly TimeSpan StoreRetryDelay = TimeSpan.FromSeconds(1);

    private readonly DurableOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly RunningActivities _running = new();
    private readonly TurnRunner _turns;
    private readonly ActivityRunner _activityRunner;
    private readonly OrchestrationDispatcher _orchestrators;
    private readonly ActivityDispatcher _activities;
    private readonly TimerQueue _timers;
    private bool _stopped;

    private DurableEngine(
        DurableStore store, TaskRegistry registry, DurableOptions options, DataConverter converter, TimeProvider time, ILoggerFactory loggerFactory)
    {
        Store = store;
        Payloads = new PayloadConverter(converter, options.MaxPayloadCharacters);
        _options = options;
        _time = time;
        _logger = loggerFactory.CreateLogger<DurableEngine>();
        _turns = new TurnRunner(store, registry, Payloads, options, time, loggerFactory);
        _activityRunner = new ActivityRunner(store, registry, Payloads, _running, time, loggerFactory.CreateLogger<ActivityRunner>());
        _orchestrators = new OrchestrationDispatcher(options.MaxConcurrentOrchestrators, RunTurnAsync);
        _activities = new ActivityDispatcher(options.MaxConcurrentActivities, RunActivityAsync);
        _timers = new TimerQueue(time, _orchestrators.Signal);
    }

    public DurableStore Store { get; }

    public PayloadConverter Payloads { get; }

    public InstanceWatch Watch { get; } = new();

    /// <summary>Opens the database. Clients may use it at once; orchestrations run after <see cref="Start"/>.</summary>
    /// <param name="beforeCommit">See <see cref="CommitLoop"/>.</param>
    /// <exception cref="DurableStoreException">The database is in use, unusable, or from a newer version.</exception>
    public static DurableEngine Open(
        TaskRegistry registry,
        DurableOptions options,
        DataConverter converter,
        TimeProvider time,
        ILoggerFactory loggerFactory,
        Action? beforeCommit = null)
    {
        var store = DurableStore.Open(options, time, beforeCommit);
        var engine = new DurableEngine(store, registry, options, converter, time, loggerFactory);
        store.Writer.Committed = engine.Take;
        return engine;
    }

    /// <summary>Takes up what a former process left, and runs.</summary>
    public void Start()
    {
        var left = Store.Outstanding(_time.GetUtcNow().UtcDateTime);
        Take(left);
        _orchestrators.Start(_stopping.Token);
        _activities.Start(_stopping.Token);
        Log.EngineStarted(_logger, _options.Database, left.Ready.Count, left.Due.Count, left.Activities.Count);
    }

    /// <summary>Starts nothing more, cancels what runs, and waits for it up to the configured time.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopped)
            return;
        _stopped = true;
        _timers.Dispose();
        await _stopping.CancelAsync();
        try
        {
            await Task.WhenAll(_orchestrators.Stopped, _activities.Stopped).WaitAsync(_options.ShutdownTimeout, cancellationToken);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            Log.EngineCutOff(_logger);
        }
        Watch.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        await Store.DisposeAsync();
        _stopping.Dispose();
    }

    private void Take(Changes changes)
    {
        foreach (var instanceId in changes.Stopped)
            _running.Cancel(instanceId);
        foreach (var (instanceId, dueAt) in changes.Due)
            _timers.Add(instanceId, dueAt);
        foreach (var instanceId in changes.Ready)
            _orchestrators.Signal(instanceId);
        foreach (var activityId in changes.Activities)
            _activities.Signal(activityId);
        foreach (var instanceId in changes.StatusChanged)
            Watch.Changed(instanceId);
    }

    private async Task RunTurnAsync(string instanceId, CancellationToken stopping)
    {
        try
        {
            if (await _turns.RunAsync(instanceId, stopping))
                _orchestrators.Signal(instanceId);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception failure)
        {
            Log.TurnFailed(_logger, failure, instanceId);
            RetryLater(() => _orchestrators.Signal(instanceId), stopping);
        }
    }

    private async Task RunActivityAsync(long activityId, CancellationToken stopping)
    {
        try
        {
            await _activityRunner.RunAsync(activityId, stopping);
        }
        catch (Exception failure)
        {
            Log.ActivityNotRecorded(_logger, failure, activityId);
            RetryLater(() => _activities.Signal(activityId), stopping);
        }
    }

    private void RetryLater(Action signal, CancellationToken stopping) =>
        _ = Task.Delay(StoreRetryDelay, _time, stopping).ContinueWith(_ => signal(), stopping, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
}
