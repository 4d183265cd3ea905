using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Batching;

public sealed class BatchQueueHandoverTests : GatedQueueTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TakeOver_OldQueueHasWork_BeginsWhenThatIsDone()
    {
        Options.MaxBatchRequests = 1;
        using var runner = new GatedRunner();
        await using var old = QueueOf(runner);
        var (first, second) = (AskAsync(old, "a"), AskAsync(old, "b"));
        await runner.HasBegunAsync(1);

        Queue.TakeOver(old);
        var next = EnqueueAsync("c");
        runner.LetOneThrough();
        await runner.HasBegunAsync(2);

        Assert.Empty(Runner.Batches);
        runner.LetOneThrough();
        await Runner.HasBegunAsync(1);
        Runner.Open();
        await Task.WhenAll(first, second, next);
    }

    [Fact]
    public async Task TakeOver_OneLaneOfTwoIsDone_OneLaneBegins()
    {
        Options.MaxBatchRequests = 1;
        using var one = new GatedRunner();
        using var other = new GatedRunner();
        using var nextOne = new GatedRunner();
        using var nextOther = new GatedRunner();
        await using var old = QueueOf(one, other);
        await using var queue = QueueOf(nextOne, nextOther);
        Task[] before = [AskAsync(old, "a"), AskAsync(old, "b")];
        await one.HasBegunAsync(1);
        await other.HasBegunAsync(1);

        queue.TakeOver(old);
        Task[] after = [AskAsync(queue, "c"), AskAsync(queue, "d")];
        one.LetOneThrough();

        await Eventually.IsTrueAsync(() => Begun() == 1);
        other.LetOneThrough();
        await Eventually.IsTrueAsync(() => Begun() == 2);
        nextOne.Open();
        nextOther.Open();
        await Task.WhenAll([.. before, .. after]);

        int Begun() => nextOne.Batches.Count + nextOther.Batches.Count;
    }

    [Fact]
    public async Task TakeOver_OldQueueIsIdle_BeginsAtOnce()
    {
        using var runner = new GatedRunner();
        await using var old = QueueOf(runner);
        runner.Open();
        await AskAsync(old, "a");
        Runner.Open();

        // The answer is there a moment before its lane is.
        await Eventually.IsTrueAsync(() => old.Length == 0);
        Queue.TakeOver(old);

        Assert.Equal(["1"], (await EnqueueAsync("b")).Results);
    }

    [Fact]
    public async Task TakeOver_OldRunDoesNotEnd_BeginsAfterAWhile()
    {
        using var runner = new GatedRunner();
        await using var old = QueueOf(runner);
        var stuck = AskAsync(old, "a");
        await runner.HasBegunAsync(1);
        Runner.Open();

        Queue.TakeOver(old);
        var next = EnqueueAsync("b");
        Time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(next.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["1"], (await next).Results);
        runner.Open();
        await stuck;
    }

    [Fact]
    public async Task DisposeAsync_WhileOldQueueHasWork_ComputesWhatWaits()
    {
        using var runner = new GatedRunner();
        using var nextRunner = new GatedRunner();
        await using var old = QueueOf(runner);
        var queue = QueueOf(nextRunner);
        var before = AskAsync(old, "a");
        await runner.HasBegunAsync(1);
        queue.TakeOver(old);
        var next = AskAsync(queue, "b");
        nextRunner.Open();

        await queue.DisposeAsync();

        await next;
        runner.Open();
        await before;
    }

    private static async Task AskAsync(BatchQueue<string, string> queue, string item)
    {
        using var reply = await queue.EnqueueAsync([item], long.MaxValue, default, Stop);
    }
}
