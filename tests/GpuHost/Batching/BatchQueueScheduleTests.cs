using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Batching;

namespace Hybrid.GpuHost.Tests.Batching;

/// <summary>Who waits how long, and who goes first.</summary>
public sealed class BatchQueueScheduleTests : GatedQueueTests
{
    [Fact]
    public async Task Deadline_WhileWaiting_IsAnsweredThenAndNeverComputed()
    {
        var first = EnqueueAsync("a");
        await Runner.HasBegunAsync(1);
        var late = EnqueueAsync("b", default, Time.GetTimestamp() + (Time.TimestampFrequency / 200));
        var stays = EnqueueAsync("c");

        // The device is busy all the while.
        Time.Advance(TimeSpan.FromMilliseconds(6));
        var failure = await Assert.ThrowsAsync<HybridException>(() => late);
        Assert.Equal(2, Queue.Length);
        Runner.Open();
        await Task.WhenAll(first, stays);

        Assert.Equal(ErrorCode.DeadlineExceeded, failure.Error.Code);
        Assert.Equal([["a"], ["c"]], Runner.Batches);
    }

    [Fact]
    public async Task Deadline_PassedAtTheDoor_IsNeverComputed()
    {
        Runner.Open();

        var failure = await Assert.ThrowsAsync<HybridException>(() => EnqueueAsync("a", default, Time.GetTimestamp()));

        Assert.Equal(ErrorCode.DeadlineExceeded, failure.Error.Code);
        Assert.Empty(Runner.Batches);
    }

    [Theory]
    [InlineData(TimeoutAction.Reject)]
    [InlineData(TimeoutAction.Delay)]
    public async Task Timeout_WhileWaiting_IsRejectedOrGoesBehind(TimeoutAction action)
    {
        Options.MaxBatchRequests = 1;
        Options.TimeoutAction = action;
        Options.DefaultTimeoutMicroseconds = 100_000;
        Options.AllowTimeoutOverride = true;
        var first = EnqueueAsync("a");
        await Runner.HasBegunAsync(1);
        var impatient = EnqueueAsync("b", new RequestSchedule(0, 5_000));
        var greedy = EnqueueAsync("c", new RequestSchedule(0, 900_000_000));

        Time.Advance(TimeSpan.FromMilliseconds(6));
        if (action == TimeoutAction.Reject)
        {
            var failure = await Assert.ThrowsAsync<HybridException>(() => impatient);
            Assert.Equal((ErrorCode.DeadlineExceeded, "timeout"), (failure.Error.Code, failure.Error.Param));
        }

        Runner.Open();
        await Task.WhenAll([first, greedy, .. action == TimeoutAction.Delay ? [impatient] : Array.Empty<Task>()]);

        Assert.Equal(action == TimeoutAction.Reject ? [["a"], ["c"]] : [["a"], ["c"], ["b"]], Runner.Batches);
    }

    [Fact]
    public async Task Timeout_NoOverrideAllowed_IsThePolicys()
    {
        Options.DefaultTimeoutMicroseconds = 100_000;
        var first = EnqueueAsync("a");
        await Runner.HasBegunAsync(1);
        var second = EnqueueAsync("b", new RequestSchedule(0, 5_000));

        Time.Advance(TimeSpan.FromMilliseconds(50));
        Runner.Open();

        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task Priority_Higher_GoesFirst()
    {
        Options.MaxBatchRequests = 1;
        Options.PriorityLevels = 3;
        Options.DefaultPriorityLevel = 2;
        var first = EnqueueAsync("a");
        await Runner.HasBegunAsync(1);
        Task[] others =
        [
            EnqueueAsync("low", new RequestSchedule(3, 0)), EnqueueAsync("default"),
            EnqueueAsync("unknown", new RequestSchedule(9, 0)), EnqueueAsync("high", new RequestSchedule(1, 0)),
        ];

        Runner.Open();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([["a"], ["high"], ["default"], ["unknown"], ["low"]], Runner.Batches);
    }

    [Fact]
    public async Task Priority_LevelIsFull_OthersHaveRoom()
    {
        Options.PriorityLevels = 2;
        Options.MaxClientBatchSize = 1;
        Options.PriorityQueuePolicy[2] = new QueuePolicyOptions { MaxQueueSize = 1 };
        var first = EnqueueAsync("a", new RequestSchedule(2, 0));

        var refused = await Assert.ThrowsAsync<HybridException>(() => EnqueueAsync("b", new RequestSchedule(2, 0)));
        var fits = EnqueueAsync("c", new RequestSchedule(1, 0));
        Runner.Open();
        await Task.WhenAll(first, fits);

        Assert.Equal(ErrorCode.Overloaded, refused.Error.Code);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(2000, 10)]
    [InlineData(60_000, 60)]
    public async Task Full_RetryAfter_IsWhatTheQueueNeedsToEmpty(int milliseconds, int seconds)
    {
        Options.MaxQueueSize = 4;
        Options.MaxClientBatchSize = 4;
        Options.MaxBatchRequests = 1;
        for (var i = 1; i <= 3; i++)
        {
            var sample = EnqueueAsync("a");
            await Runner.HasBegunAsync(i);
            Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            Runner.LetOneThrough();
            await sample;
        }

        var waiting = EnqueueAsync("a", "b", "c");
        var refused = await Assert.ThrowsAsync<HybridException>(() => EnqueueAsync("d", "e"));
        Runner.Open();
        await waiting;

        // Three that are in and two that are not.
        Assert.Equal(TimeSpan.FromSeconds(seconds), refused.Error.RetryAfter);
    }

    [Fact]
    public async Task PreferredSize_Reached_EndsTheDelay()
    {
        Options.MaxQueueDelayMicroseconds = 1_000_000;
        Options.PreferredBatchSize.Add(2);
        Runner.Open();

        await Task.WhenAll(EnqueueAsync("a"), EnqueueAsync("b"));

        Assert.Equal([["a", "b"]], Runner.Batches);
    }
}
