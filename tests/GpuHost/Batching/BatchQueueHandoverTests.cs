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
        await using var old = QueueOf(lanes: 1);
        await using var next = QueueOf(lanes: 1);
        Task[] before = [old.AskAsync("a"), old.AskAsync("b")];
        await old.HasBegunAsync(1);

        next.Queue.TakeOver(old.Queue);
        var after = next.AskAsync("c");
        old.Runners[0].LetOneThrough();
        await old.HasBegunAsync(2);

        Assert.Equal(0, next.Begun);
        old.Runners[0].LetOneThrough();
        await next.HasBegunAsync(1);
        next.Open();
        await Task.WhenAll([.. before, after]);
    }

    [Fact]
    public async Task TakeOver_OneLaneOfTwoIsDone_OneLaneBegins()
    {
        Options.MaxBatchRequests = 1;
        await using var old = QueueOf(lanes: 2);
        await using var next = QueueOf(lanes: 2);
        Task[] before = [old.AskAsync("a"), old.AskAsync("b")];
        await old.HasBegunAsync(2);

        next.Queue.TakeOver(old.Queue);
        Task[] after = [next.AskAsync("c"), next.AskAsync("d")];
        Assert.Equal(0, next.Begun);
        old.Runners[0].LetOneThrough();
        await next.HasBegunAsync(1);

        Assert.Equal(1, next.Begun);
        old.Runners[1].LetOneThrough();
        await next.HasBegunAsync(2);
        next.Open();
        await Task.WhenAll([.. before, .. after]);
    }

    [Fact]
    public async Task TakeOver_OldQueueIsIdle_BeginsAtOnce()
    {
        await using var old = QueueOf(lanes: 1);
        await using var next = QueueOf(lanes: 1);
        old.Open();
        next.Open();
        await old.AskAsync("a");

        next.Queue.TakeOver(old.Queue);

        await next.AskAsync("b");
    }

    [Fact]
    public async Task TakeOver_OfAQueueThatWaitsItself_BeginsAfterBoth()
    {
        await using var old = QueueOf(lanes: 1);
        await using var middle = QueueOf(lanes: 1);
        await using var next = QueueOf(lanes: 1);
        var first = old.AskAsync("a");
        await old.HasBegunAsync(1);
        middle.Queue.TakeOver(old.Queue);
        var second = middle.AskAsync("b");

        next.Queue.TakeOver(middle.Queue);
        var third = next.AskAsync("c");
        old.Open();
        await middle.HasBegunAsync(1);

        Assert.Equal(0, next.Begun);
        middle.Open();
        next.Open();
        await Task.WhenAll(first, second, third);
    }

    [Fact]
    public async Task TakeOver_OfAQueueThatNobodyAsked_BeginsAfterTheFirst()
    {
        await using var old = QueueOf(lanes: 1);
        await using var middle = QueueOf(lanes: 1);
        await using var next = QueueOf(lanes: 1);
        var first = old.AskAsync("a");
        await old.HasBegunAsync(1);

        middle.Queue.TakeOver(old.Queue);
        next.Queue.TakeOver(middle.Queue);
        var third = next.AskAsync("c");
        Assert.Equal(0, next.Begun);
        old.Open();
        next.Open();

        await Task.WhenAll(first, third);
    }

    [Fact]
    public async Task TakeOver_OldRunDoesNotEnd_BeginsAfterAWhile()
    {
        await using var old = QueueOf(lanes: 1);
        await using var next = QueueOf(lanes: 1);
        next.Open();
        var stuck = old.AskAsync("a");
        await old.HasBegunAsync(1);

        next.Queue.TakeOver(old.Queue);
        var after = next.AskAsync("b");
        Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, next.Begun);
        Time.Advance(TimeSpan.FromSeconds(1));

        await after;
        old.Open();
        await stuck;
    }

    [Fact]
    public async Task DisposeAsync_WhileOldQueueHasWork_ComputesWhatWaits()
    {
        await using var old = QueueOf(lanes: 1);
        var before = old.AskAsync("a");
        await old.HasBegunAsync(1);
        var next = QueueOf(lanes: 1);
        next.Queue.TakeOver(old.Queue);
        var after = next.AskAsync("b");

        await next.DisposeAsync();

        await after;
        old.Open();
        await before;
    }

    private GatedLanes QueueOf(int lanes)
    {
        GatedRunner[] runners = [.. Enumerable.Range(0, lanes).Select(_ => new GatedRunner())];
        return new GatedLanes(runners, QueueOf(runners));
    }

    /// <summary>A queue and its gates, which are opened before it is waited for: a test that fails ends.</summary>
    private sealed record GatedLanes(GatedRunner[] Runners, BatchQueue<string, string> Queue) : IAsyncDisposable
    {
        public int Begun => Runners.Sum(runner => runner.Batches.Count);

        public Task HasBegunAsync(int batches) => Eventually.IsTrueAsync(() => Begun >= batches);

        public void Open() => Array.ForEach(Runners, runner => runner.Open());

        public async Task AskAsync(string item)
        {
            using var reply = await Queue.EnqueueAsync([item], long.MaxValue, default, Stop);
        }

        public async ValueTask DisposeAsync()
        {
            Open();
            await Queue.DisposeAsync();
            Array.ForEach(Runners, runner => runner.Dispose());
        }
    }
}
