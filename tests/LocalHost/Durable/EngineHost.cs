using Hybrid.LocalHost.Durable;
using Hybrid.LocalHost.Durable.Client;
using Hybrid.LocalHost.Durable.Engine;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.LocalHost.Tests.Durable;

/// <summary>A real engine on a real file, with a clock that stands until a test moves it.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hybrid-durable-");
    private DurableEngine? _engine;

    public EngineHost()
    {
        Options = new DurableOptions { Database = Path.Combine(_folder.FullName, "durable.db"), Synchronous = SyncMode.Normal };
    }

    public DurableOptions Options { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public TaskRegistry Registry { get; } = new();

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Called at each commit boundary; throwing there is a crash before the commit.</summary>
    public Action? BeforeCommit { get; set; }

    public DurableEngine Engine => _engine ??= Open();

    public EmbeddedDurableTaskClient Client => new(Engine, Time);

    public EngineHost Orchestrator<TOut>(string name, Func<TaskOrchestrationContext, Task<TOut>> body)
    {
        Registry.AddOrchestrator(name, (turn, _) =>
        {
            turn.Run(async context => await body(context));
            return Task.CompletedTask;
        });
        return this;
    }

    public EngineHost Activity<TIn, TOut>(string name, Func<TIn, CancellationToken, Task<TOut>> body)
    {
        Registry.AddActivity(name, async (activity, cancellationToken) =>
            JsonDataConverter.Default.Serialize(await body(JsonDataConverter.Default.Deserialize<TIn>(activity.Input)!, cancellationToken)));
        return this;
    }

    public EngineHost Activity<TIn, TOut>(string name, Func<TIn, TOut> body) => Activity<TIn, TOut>(name, (input, _) => Task.FromResult(body(input)));

    public Task<string> StartAsync(string name, object? input = null, string? id = null) =>
        Client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(id), Cancel);

    public async Task<OrchestrationMetadata> RunAsync(string name, object? input = null, string? id = null) => await EndAsync(await StartAsync(name, input, id));

    public Task<OrchestrationMetadata> EndAsync(string id) =>
        Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, Cancel).WaitAsync(TimeSpan.FromSeconds(60), Cancel);

    /// <summary>Moves the clock by <paramref name="step"/>, each time when the engine has nothing else to do, until the instance ends.</summary>
    public async Task<OrchestrationMetadata> EndWithTimeAsync(string id, TimeSpan? step = null)
    {
        var end = EndAsync(id);
        while (await Task.WhenAny(end, Task.Delay(1, Cancel)) != end)
        {
            if (IsIdle())
                Time.Advance(step ?? TimeSpan.FromSeconds(1));
        }
        return await end;
    }

    /// <summary>Waits until the instance is as wanted, by what the client shows.</summary>
    public async Task<OrchestrationMetadata> UntilAsync(string id, Func<OrchestrationMetadata, bool> reached)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (await Client.GetInstanceAsync(id, getInputsAndOutputs: true, limit.Token) is { } instance && reached(instance))
                return instance;
            await Task.Delay(5, limit.Token);
        }
    }

    public IReadOnlyList<string> Events(string id) => Engine.Store.Read(sql =>
        sql.Query("SELECT json_extract(event, '$.kind') FROM history WHERE instance_id = $0 ORDER BY sequence", row => row.GetString(0), id));

    public long Count(string table) => Engine.Store.Read(sql => sql.Scalar<long>("SELECT count(*) FROM " + table));

    /// <summary>Closes the engine and opens it again on the same file.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        _ = Engine;
    }

    public async Task StopAsync()
    {
        if (_engine is not null)
            await _engine.DisposeAsync();
        _engine = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Whether only time can bring the engine on: no activity runs, and no message waits that a turn could take.</summary>
    private bool IsIdle() => Engine.Store.Read(sql => sql.Scalar<long>(
        """
        SELECT EXISTS (SELECT 1 FROM activities) OR EXISTS (
            SELECT 1 FROM inbox JOIN instances ON instances.id = inbox.instance_id
            WHERE (due_at IS NULL OR due_at <= $0) AND (status = 'Running' OR json_extract(event, '$.kind') = 'ExecutionStarted'))
        """,
        Time.GetUtcNow().UtcTicks)) == 0;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DurableEngine Open()
    {
        var engine = DurableEngine.Open(Registry, Options, JsonDataConverter.Default, Time, LoggerFactory, () => BeforeCommit?.Invoke());
        engine.Start();
        return engine;
    }
}
