using System.Collections.Concurrent;
using System.Diagnostics;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Telemetry;

namespace Hybrid.GpuHost.Tests.Batching;

[Collection(nameof(SpanListeners))]
public sealed class BatchQueueTests : GatedQueueTests
{
    [Fact]
    public async Task Enqueue_ManyItems_AnswersInTheirOrder()
    {
        Options.MaxBatchRequests = 3;
        Runner.Open();

        var reply = await EnqueueAsync([.. Enumerable.Range(0, 20).Select(i => new string('x', i + 1))]);

        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"{i}"), reply.Results);
        Assert.All(Runner.Batches, batch => Assert.InRange(batch.Count, 1, 3));
    }

    [Fact]
    public async Task Enqueue_WhileTheDeviceIsBusy_GoTogetherNext()
    {
        var first = EnqueueAsync("a");
        await Runner.HasBegunAsync(1);
        var others = new[] { EnqueueAsync("b"), EnqueueAsync("c"), EnqueueAsync("d") };
        await Eventually.IsTrueAsync(() => Queue.Length == 4);

        Runner.Open();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([["a"], ["b", "c", "d"]], Runner.Batches);
    }

    [Fact]
    public async Task Enqueue_WithADelay_WaitsForCompany()
    {
        Options.MaxQueueDelayMicroseconds = 5000;
        Runner.Open();

        var first = EnqueueAsync("a");
        var second = EnqueueAsync("b");
        await Eventually.IsTrueAsync(() => Queue.Length == 2);
        while (!first.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }

        await Task.WhenAll(first, second);
        Assert.Equal([["a", "b"]], Runner.Batches);
    }

    [Fact]
    public async Task Enqueue_NoRoom_IsOverloadedAndTakesNothing()
    {
        Options.MaxQueueSize = 3;
        var first = EnqueueAsync("a", "b");

        var refused = await Assert.ThrowsAsync<HybridException>(() => EnqueueAsync("c", "d"));
        var fits = EnqueueAsync("e");
        Runner.Open();
        await Task.WhenAll(first, fits);

        Assert.Equal(ErrorCode.Overloaded, refused.Error.Code);
        Assert.NotNull(refused.Error.RetryAfter);
        await Eventually.IsTrueAsync(() => Queue.Length == 0);
    }

    [Fact]
    public async Task Cancel_WhileWaiting_IsNeverComputed()
    {
        var first = EnqueueAsync("a");
        await Runner.HasBegunAsync(1);
        using var leaving = new CancellationTokenSource();
        var abandoned = EnqueueAsync(["b", "c"], long.MaxValue, default, leaving.Token);
        var stays = EnqueueAsync("d");

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        await Eventually.IsTrueAsync(() => Queue.Length == 2);
        Runner.Open();
        await Task.WhenAll(first, stays);

        Assert.Equal([["a"], ["d"]], Runner.Batches);
    }

    [Fact]
    public async Task Cancel_WhileRunning_StopsTheRun()
    {
        using var leaving = new CancellationTokenSource();
        var abandoned = EnqueueAsync(["a"], long.MaxValue, default, leaving.Token);
        await Runner.HasBegunAsync(1);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        await Eventually.IsTrueAsync(() => Runner.Stopped == 1 && Queue.Length == 0);
    }

    [Fact]
    public async Task Cancel_OneOfTwoInABatch_LeavesTheRunGoing()
    {
        var blocker = EnqueueAsync("x");
        await Runner.HasBegunAsync(1);
        using var leaving = new CancellationTokenSource();
        var abandoned = EnqueueAsync(["a"], long.MaxValue, default, leaving.Token);
        var stays = EnqueueAsync("b");
        await Eventually.IsTrueAsync(() => Queue.Length == 3);
        Runner.LetOneThrough();
        await Runner.HasBegunAsync(2);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        Runner.Open();
        var reply = await stays;
        await blocker;

        Assert.Equal(["1"], reply.Results);
        Assert.Equal(0, Runner.Stopped);
        Assert.Equal([["x"], ["a", "b"]], Runner.Batches);
    }

    [Fact]
    public async Task Run_Fails_FailsItsRequestsAndNoOthers()
    {
        Runner.Open();

        await Assert.ThrowsAsync<InvalidDataException>(() => EnqueueAsync("fail"));
        var reply = await EnqueueAsync("fine");

        Assert.Equal(["4"], reply.Results);
        await Eventually.IsTrueAsync(() => Queue.Length == 0);
    }

    [Fact]
    public async Task Run_CannotComputeOneItem_FailsThatRequestAlone()
    {
        var first = EnqueueAsync("a");
        await Runner.HasBegunAsync(1);
        var (fine, wrong, others) = (EnqueueAsync("bb"), EnqueueAsync("wrong"), EnqueueAsync("ccc", "dddd"));

        Runner.Open();
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
        Runner.Open();

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
        await Runner.HasBegunAsync(1);
        var second = EnqueueAsync("b");
        await Eventually.IsTrueAsync(() => Queue.Length == 2);
        Time.Advance(TimeSpan.FromSeconds(3));
        Runner.Open();

        Assert.Equal(TimeSpan.Zero, (await first).Queued);
        Assert.Equal(TimeSpan.FromSeconds(3), (await first).Computed);
        Assert.Equal(TimeSpan.FromSeconds(3), (await second).Queued);
    }

    [Fact]
    public async Task Lanes_Several_ComputeSideBySide()
    {
        Options.MaxBatchRequests = 1;
        using var other = new GatedRunner();
        await using var queue = QueueOf(Runner, other);

        var both = queue.EnqueueAsync(["a", "b"], long.MaxValue, default, TestContext.Current.CancellationToken);
        await Runner.HasBegunAsync(1);
        await other.HasBegunAsync(1);
        Runner.Open();
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
        await Runner.HasBegunAsync(1);
        var requests = Enumerable.Range(0, 3).Select(_ => RequestAsync()).ToList();
        await Eventually.IsTrueAsync(() => Queue.Length == 4);

        Runner.Open();
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
}
