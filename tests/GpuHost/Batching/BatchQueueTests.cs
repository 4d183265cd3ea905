using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Batching;

[Collection(nameof(SpanListeners))]
public sealed class BatchQueueTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly HostTelemetry _telemetry;
    private readonly GatedRunner _runner = new();
    private readonly BatchingOptions _options = new() { MaxQueueSize = 100, MaxClientBatchSize = 100 };
    private BatchQueue<string, string>? _queue;

    public BatchQueueTests() => _telemetry = new HostTelemetry(_services.GetRequiredService<IMeterFactory>());

    private BatchQueue<string, string> Queue => _queue ??= new([_runner], _options.ToSettings(), "test", new ModelMetrics(_telemetry, new ModelId("m", 1), _time), _time);

    [Fact]
    public async Task Enqueue_ManyItems_AnswersInTheirOrder()
    {
        _options.MaxBatchRequests = 3;
        _runner.Open();

        var reply = await EnqueueAsync([.. Enumerable.Range(0, 20).Select(i => new string('x', i + 1))]);

        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"{i}"), reply.Results);
        Assert.All(_runner.Batches, batch => Assert.InRange(batch.Count, 1, 3));
    }

    [Fact]
    public async Task Enqueue_WhileTheDeviceIsBusy_GoTogetherNext()
    {
        var first = EnqueueAsync("a");
        await _runner.HasBegunAsync(1);
        var others = new[] { EnqueueAsync("b"), EnqueueAsync("c"), EnqueueAsync("d") };
        await Eventually.IsTrueAsync(() => Queue.Length == 4);

        _runner.Open();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([["a"], ["b", "c", "d"]], _runner.Batches);
    }

    [Fact]
    public async Task Enqueue_WithADelay_WaitsForCompany()
    {
        _options.MaxQueueDelayMicroseconds = 5000;
        _runner.Open();

        var first = EnqueueAsync("a");
        var second = EnqueueAsync("b");
        await Eventually.IsTrueAsync(() => Queue.Length == 2);
        while (!first.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }

        await Task.WhenAll(first, second);
        Assert.Equal([["a", "b"]], _runner.Batches);
    }

    [Fact]
    public async Task Enqueue_NoRoom_IsOverloadedAndTakesNothing()
    {
        _options.MaxQueueSize = 3;
        var first = EnqueueAsync("a", "b");

        var refused = await Assert.ThrowsAsync<HybridException>(() => EnqueueAsync("c", "d"));
        var fits = EnqueueAsync("e");
        _runner.Open();
        await Task.WhenAll(first, fits);

        Assert.Equal(ErrorCode.Overloaded, refused.Error.Code);
        Assert.NotNull(refused.Error.RetryAfter);
        await Eventually.IsTrueAsync(() => Queue.Length == 0);
    }

    [Fact]
    public async Task Cancel_WhileWaiting_IsNeverComputed()
    {
        var first = EnqueueAsync("a");
        await _runner.HasBegunAsync(1);
        using var leaving = new CancellationTokenSource();
        var abandoned = EnqueueAsync(["b", "c"], long.MaxValue, default, leaving.Token);
        var stays = EnqueueAsync("d");

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        await Eventually.IsTrueAsync(() => Queue.Length == 2);
        _runner.Open();
        await Task.WhenAll(first, stays);

        Assert.Equal([["a"], ["d"]], _runner.Batches);
    }

    [Fact]
    public async Task Cancel_WhileRunning_StopsTheRun()
    {
        using var leaving = new CancellationTokenSource();
        var abandoned = EnqueueAsync(["a"], long.MaxValue, default, leaving.Token);
        await _runner.HasBegunAsync(1);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        await Eventually.IsTrueAsync(() => _runner.Stopped == 1 && Queue.Length == 0);
    }

    [Fact]
    public async Task Cancel_OneOfTwoInABatch_LeavesTheRunGoing()
    {
        var blocker = EnqueueAsync("x");
        await _runner.HasBegunAsync(1);
        using var leaving = new CancellationTokenSource();
        var abandoned = EnqueueAsync(["a"], long.MaxValue, default, leaving.Token);
        var stays = EnqueueAsync("b");
        await Eventually.IsTrueAsync(() => Queue.Length == 3);
        _runner.LetOneThrough();
        await _runner.HasBegunAsync(2);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        _runner.Open();
        var reply = await stays;
        await blocker;

        Assert.Equal(["1"], reply.Results);
        Assert.Equal(0, _runner.Stopped);
        Assert.Equal([["x"], ["a", "b"]], _runner.Batches);
    }

    [Fact]
    public async Task Run_Fails_FailsItsRequestsAndNoOthers()
    {
        _runner.Open();

        await Assert.ThrowsAsync<InvalidDataException>(() => EnqueueAsync("fail"));
        var reply = await EnqueueAsync("fine");

        Assert.Equal(["4"], reply.Results);
        await Eventually.IsTrueAsync(() => Queue.Length == 0);
    }

    [Fact]
    public async Task Run_CannotComputeOneItem_FailsThatRequestAlone()
    {
        var first = EnqueueAsync("a");
        await _runner.HasBegunAsync(1);
        var (fine, wrong, others) = (EnqueueAsync("bb"), EnqueueAsync("wrong"), EnqueueAsync("ccc", "dddd"));

        _runner.Open();
        var failure = await Assert.ThrowsAsync<HybridException>(() => wrong);

        Assert.Equal(ErrorCode.Unprocessable, failure.Error.Code);
        Assert.Equal(["2"], (await fine).Results);
        Assert.Equal(["3", "4"], (await others).Results);
        await first;
    }

    [Fact]
    public async Task Dispose_WithWorkWaiting_FinishesItAndTakesNoMore()
    {
        var first = EnqueueAsync("a");
        var second = EnqueueAsync("b");
        var end = Queue.DisposeAsync();
        _runner.Open();

        await Task.WhenAll(first, second);
        await end;

        var refused = await Assert.ThrowsAsync<HybridException>(() => EnqueueAsync("c"));
        Assert.Equal(ErrorCode.Unavailable, refused.Error.Code);
        Assert.Equal(0, Queue.Length);
    }

    [Fact]
    public async Task Reply_Waited_SaysHowLong()
    {
        var first = EnqueueAsync("a");
        await _runner.HasBegunAsync(1);
        var second = EnqueueAsync("b");
        await Eventually.IsTrueAsync(() => Queue.Length == 2);
        _time.Advance(TimeSpan.FromSeconds(3));
        _runner.Open();

        Assert.Equal(TimeSpan.Zero, (await first).Queued);
        Assert.Equal(TimeSpan.FromSeconds(3), (await first).Computed);
        Assert.Equal(TimeSpan.FromSeconds(3), (await second).Queued);
    }

    [Fact]
    public async Task Deadline_WhileWaiting_IsAnsweredThenAndNeverComputed()
    {
        var first = EnqueueAsync("a");
        await _runner.HasBegunAsync(1);
        var late = EnqueueAsync("b", default, _time.GetTimestamp() + (_time.TimestampFrequency / 200));
        var stays = EnqueueAsync("c");

        // The device is busy all the while.
        _time.Advance(TimeSpan.FromMilliseconds(6));
        var failure = await Assert.ThrowsAsync<HybridException>(() => late);
        Assert.Equal(2, Queue.Length);
        _runner.Open();
        await Task.WhenAll(first, stays);

        Assert.Equal(ErrorCode.DeadlineExceeded, failure.Error.Code);
        Assert.Equal([["a"], ["c"]], _runner.Batches);
    }

    [Fact]
    public async Task Deadline_PassedAtTheDoor_IsNeverComputed()
    {
        _runner.Open();

        var failure = await Assert.ThrowsAsync<HybridException>(() => EnqueueAsync("a", default, _time.GetTimestamp()));

        Assert.Equal(ErrorCode.DeadlineExceeded, failure.Error.Code);
        Assert.Empty(_runner.Batches);
    }

    [Theory]
    [InlineData(TimeoutAction.Reject)]
    [InlineData(TimeoutAction.Delay)]
    public async Task Timeout_WhileWaiting_IsRejectedOrGoesBehind(TimeoutAction action)
    {
        _options.MaxBatchRequests = 1;
        _options.TimeoutAction = action;
        _options.DefaultTimeoutMicroseconds = 100_000;
        _options.AllowTimeoutOverride = true;
        var first = EnqueueAsync("a");
        await _runner.HasBegunAsync(1);
        var impatient = EnqueueAsync("b", new RequestSchedule(0, 5_000));
        var greedy = EnqueueAsync("c", new RequestSchedule(0, 900_000_000));

        _time.Advance(TimeSpan.FromMilliseconds(6));
        if (action == TimeoutAction.Reject)
        {
            var failure = await Assert.ThrowsAsync<HybridException>(() => impatient);
            Assert.Equal((ErrorCode.DeadlineExceeded, "timeout"), (failure.Error.Code, failure.Error.Param));
        }

        _runner.Open();
        await Task.WhenAll([first, greedy, .. action == TimeoutAction.Delay ? [impatient] : Array.Empty<Task>()]);

        Assert.Equal(action == TimeoutAction.Reject ? [["a"], ["c"]] : [["a"], ["c"], ["b"]], _runner.Batches);
    }

    [Fact]
    public async Task Timeout_NoOverrideAllowed_IsThePolicys()
    {
        _options.DefaultTimeoutMicroseconds = 100_000;
        var first = EnqueueAsync("a");
        await _runner.HasBegunAsync(1);
        var second = EnqueueAsync("b", new RequestSchedule(0, 5_000));

        _time.Advance(TimeSpan.FromMilliseconds(50));
        _runner.Open();

        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task Priority_Higher_GoesFirst()
    {
        _options.MaxBatchRequests = 1;
        _options.PriorityLevels = 3;
        _options.DefaultPriorityLevel = 2;
        var first = EnqueueAsync("a");
        await _runner.HasBegunAsync(1);
        Task[] others =
        [
            EnqueueAsync("low", new RequestSchedule(3, 0)), EnqueueAsync("default"),
            EnqueueAsync("unknown", new RequestSchedule(9, 0)), EnqueueAsync("high", new RequestSchedule(1, 0)),
        ];

        _runner.Open();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([["a"], ["high"], ["default"], ["unknown"], ["low"]], _runner.Batches);
    }

    [Fact]
    public async Task Priority_LevelIsFull_OthersHaveRoom()
    {
        _options.PriorityLevels = 2;
        _options.MaxClientBatchSize = 1;
        _options.PriorityQueuePolicy[2] = new QueuePolicyOptions { MaxQueueSize = 1 };
        var first = EnqueueAsync("a", new RequestSchedule(2, 0));

        var refused = await Assert.ThrowsAsync<HybridException>(() => EnqueueAsync("b", new RequestSchedule(2, 0)));
        var fits = EnqueueAsync("c", new RequestSchedule(1, 0));
        _runner.Open();
        await Task.WhenAll(first, fits);

        Assert.Equal(ErrorCode.Overloaded, refused.Error.Code);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(2000, 10)]
    [InlineData(60_000, 60)]
    public async Task Full_RetryAfter_IsWhatTheQueueNeedsToEmpty(int milliseconds, int seconds)
    {
        _options.MaxQueueSize = 4;
        _options.MaxClientBatchSize = 4;
        _options.MaxBatchRequests = 1;
        for (var i = 1; i <= 3; i++)
        {
            var sample = EnqueueAsync("a");
            await _runner.HasBegunAsync(i);
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            _runner.LetOneThrough();
            await sample;
        }

        var waiting = EnqueueAsync("a", "b", "c");
        var refused = await Assert.ThrowsAsync<HybridException>(() => EnqueueAsync("d", "e"));
        _runner.Open();
        await waiting;

        // Three that are in and two that are not.
        Assert.Equal(TimeSpan.FromSeconds(seconds), refused.Error.RetryAfter);
    }

    [Fact]
    public async Task PreferredSize_Reached_EndsTheDelay()
    {
        _options.MaxQueueDelayMicroseconds = 1_000_000;
        _options.PreferredBatchSize.Add(2);
        _runner.Open();

        await Task.WhenAll(EnqueueAsync("a"), EnqueueAsync("b"));

        Assert.Equal([["a", "b"]], _runner.Batches);
    }

    [Fact]
    public async Task Lanes_Several_ComputeSideBySide()
    {
        _options.MaxBatchRequests = 1;
        using var other = new GatedRunner();
        await using var queue = new BatchQueue<string, string>(
            [_runner, other], _options.ToSettings(), "two", new ModelMetrics(_telemetry, new ModelId("m", 1), _time), _time);

        var both = queue.EnqueueAsync(["a", "b"], long.MaxValue, default, TestContext.Current.CancellationToken);
        await _runner.HasBegunAsync(1);
        await other.HasBegunAsync(1);
        _runner.Open();
        other.Open();
        using var reply = await both;

        Assert.Equal(["1", "1"], reply.Results.ToArray());
    }

    [Fact]
    public async Task Batch_OfManyRequests_IsOneSpanLinkedToAllOfThem()
    {
        var batches = new ConcurrentQueue<Activity>();
        using var caller = new ActivitySource("batch of many requests");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source == caller || source == HostSpans.Source,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => Keep(span),
        };
        ActivitySource.AddActivityListener(listener);
        var first = EnqueueAsync("a");
        await _runner.HasBegunAsync(1);
        var requests = Enumerable.Range(0, 3).Select(_ => RequestAsync()).ToList();
        await Eventually.IsTrueAsync(() => Queue.Length == 4);

        _runner.Open();
        var spans = await Task.WhenAll(requests);
        await first;
        await Eventually.IsTrueAsync(() => !batches.IsEmpty);

        var batch = Assert.Single(batches);
        Assert.Equal(spans[0].SpanId, batch.ParentSpanId);
        Assert.Equal(spans.Select(span => (span.TraceId, span.SpanId)), batch.Links.Select(link => (link.Context.TraceId, link.Context.SpanId)));

        async Task<Activity> RequestAsync()
        {
            using var span = caller.StartActivity("request")!;
            await EnqueueAsync("b");
            return span;
        }

        // Other tests' hosts make batches too, but none of three requests.
        void Keep(Activity span)
        {
            if (span.OperationName == "batch" && span.Links.Count() == 3)
            {
                batches.Enqueue(span);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _runner.Open();
        if (_queue is not null)
        {
            await _queue.DisposeAsync();
        }

        _runner.Dispose();
        await _services.DisposeAsync();
    }

    private Task<Reply> EnqueueAsync(params string[] items) => EnqueueAsync(items, long.MaxValue, default, TestContext.Current.CancellationToken);

    private Task<Reply> EnqueueAsync(string item, RequestSchedule schedule, long deadline = long.MaxValue) =>
        EnqueueAsync([item], deadline, schedule, TestContext.Current.CancellationToken);

    private async Task<Reply> EnqueueAsync(string[] items, long deadline, RequestSchedule schedule, CancellationToken cancellationToken)
    {
        using var reply = await Queue.EnqueueAsync(items, deadline, schedule, cancellationToken);
        return new Reply([.. reply.Results], reply.Queued, reply.Computed);
    }

    private sealed record Reply(IReadOnlyList<string> Results, TimeSpan Queued, TimeSpan Computed);
}
