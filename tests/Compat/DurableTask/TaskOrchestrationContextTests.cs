using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Hybrid.Compat.Tests.DurableTask;

public sealed class TaskOrchestrationContextTests
{
    private readonly RecordingContext _context = new();

    [Fact]
    public async Task Overloads_ReachTheAbstractMethods()
    {
        var options = TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(1)));
        await _context.CallActivityAsync("A");
        await _context.CallActivityAsync("A", 1);
        await _context.CallActivityAsync("A", options);
        await _context.CallActivityAsync<int>("A", options);
        await _context.CallSubOrchestratorAsync("O", options.WithInstanceId("child"));
        await _context.CallSubOrchestratorAsync<int>("O", options.WithInstanceId("child"));
        await _context.CallSubOrchestratorAsync("O", 2);
        _context.ContinueAsNew(new ContinueAsNewOptions { NewInput = 5, PreserveUnprocessedEvents = false });
        _context.ContinueAsNew();
        _ = _context.CreateTimer(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(
            [
                "activity A Object null ",
                "activity A Object 1 ",
                "activity A Object null 3",
                "activity A Int32 null 3",
                "orchestrator O Object null child",
                "orchestrator O Int32 null child",
                "orchestrator O Object 2 ",
                "again 5 False",
                "again  True",
                "timer 2026-01-01T00:01:00.0000000Z",
            ],
            _context.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task EventBeforeItsTimeout_CancelsTheTimer()
    {
        var waiting = _context.WaitForExternalEvent<string>("approval", TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        _context.Event.SetResult("yes");
        Assert.Equal("yes", await waiting);
        Assert.Equal(["timer 2026-01-01T01:00:00.0000000Z", "event approval", "timer cancelled"], _context.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task TimeoutBeforeTheEvent_IsACancelledTask()
    {
        var waiting = _context.WaitForExternalEvent<string>("approval", TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        _context.Timer.SetResult();
        await Assert.ThrowsAsync<TaskCanceledException>(() => waiting);
        Assert.DoesNotContain("timer cancelled", _context.Calls);
    }

    [Fact]
    public void ReplaySafeLogger_IsSilentDuringReplay()
    {
        var lines = new List<string>();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(new ListProvider(lines)));
        var context = new RecordingContext { Loggers = factory };
        var type = lines.GetType();
        foreach (var logger in (ILogger[])[
            context.CreateReplaySafeLogger("name"),
            context.CreateReplaySafeLogger(type),
            context.CreateReplaySafeLogger<TaskOrchestrationContextTests>(),
            context.ReplaySafeLoggerFactory.CreateLogger("factory"),
        ])
        {
            context.Replaying = true;
            Write(logger);
            context.Replaying = false;
            Write(logger);
            Assert.True(logger.IsEnabled(LogLevel.Information));
        }

        Assert.Equal(["name", "System.Collections.Generic.List", typeof(TaskOrchestrationContextTests).FullName!, "factory"], lines);
        Assert.Throws<NotSupportedException>(() => context.ReplaySafeLoggerFactory.AddProvider(new ListProvider(lines)));
    }

    [Fact]
    public void ReplaySafeLogger_OfAContextAroundAnother_IsMadeOfTheInnerFactory()
    {
        var lines = new List<string>();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(new ListProvider(lines)));
        var inner = new RecordingContext { Loggers = factory };
        var outer = new RecordingContext { Loggers = inner.ReplaySafeLoggerFactory };
        Write(outer.CreateReplaySafeLogger("wrapped"));
        Assert.Equal(["wrapped"], lines);
    }

    [Fact]
    public async Task Orchestrator_ThroughItsInterface_ChecksItsInput()
    {
        ITaskOrchestrator orchestrator = new Doubling();
        Assert.Equal((typeof(int), typeof(int)), (orchestrator.InputType, orchestrator.OutputType));
        Assert.Equal(42, await orchestrator.RunAsync(_context, 21));
        Assert.Equal(0, await orchestrator.RunAsync(_context, null));
        await Assert.ThrowsAsync<ArgumentException>(() => orchestrator.RunAsync(_context, "21"));
        await Assert.ThrowsAsync<ArgumentNullException>(() => orchestrator.RunAsync(null!, 21));
    }

    [Fact]
    public async Task Activity_ThroughItsInterface_ChecksItsInput()
    {
        ITaskActivity activity = new Greeting();
        Assert.Equal((typeof(string), typeof(string)), (activity.InputType, activity.OutputType));
        Assert.Equal("Hello Ada from i1", await activity.RunAsync(new ActivityContext(), "Ada"));
        await Assert.ThrowsAsync<ArgumentException>(() => activity.RunAsync(new ActivityContext(), 1));
    }

    private static void Write(ILogger logger) => logger.Log(LogLevel.Information, default, 0, null, (_, _) => "line");

    private sealed class Doubling : TaskOrchestrator<int, int>
    {
        public override Task<int> RunAsync(TaskOrchestrationContext context, int input) => Task.FromResult(2 * input);
    }

    private sealed class Greeting : TaskActivity<string, string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, string input) =>
            Task.FromResult($"Hello {input} from {context.InstanceId}{context.Version}");
    }

    private sealed class ActivityContext : TaskActivityContext
    {
        public override TaskName Name => nameof(Greeting);

        public override string InstanceId => "i1";
    }

    private sealed class ListProvider(List<string> lines) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new ListLogger(lines, categoryName);

        public void Dispose()
        {
        }
    }

    private sealed class ListLogger(List<string> lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add(category);
    }
}
