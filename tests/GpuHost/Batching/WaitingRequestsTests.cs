using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Batching;

namespace Hybrid.GpuHost.Tests.Batching;

public sealed class WaitingRequestsTests
{
    private const int MaxSize = 8;
    private const int MaxTokens = 1000;
    private const long Delay = 50;

    // A long while of requests that come, leave, wait out their time or are taken, one tick after another.
    private static readonly Arbitrary<Step[]> AnySteps = Gen.Choose(0, 9)
        .SelectMany(_ => Gen.Choose(1, 600), (kind, tokens) => (kind, tokens))
        .SelectMany(_ => Gen.Choose(1, 3), (step, level) => (step.kind, step.tokens, level))
        .SelectMany(_ => Gen.Choose(0, 200), (step, ends) => new Step(step.kind, step.tokens, step.level, ends))
        .ArrayOf()
        .ToArbitrary();

    [Fact]
    public void Take_AnySteps_StaysInsideTheLimits() => ForAll(run => run.Batches.All(batch =>
        batch.Entries.Count <= MaxSize
        && (batch.Entries.Count == 1 || batch.Entries.Max(entry => entry.Tokens) * batch.Entries.Count <= MaxTokens)));

    [Fact]
    public void Take_AnySteps_PadsShortItemsByHalfAtMostAndLongOnesByAQuarter() => ForAll(run => run.Batches.All(batch =>
        (batch.Entries.Max(entry => entry.Tokens), batch.Entries.Min(entry => entry.Tokens)) is var (longest, shortest)
        && (longest <= 16 || longest <= shortest * (longest <= 64 ? 1.5 : 1.25))));

    [Fact]
    public void Take_AnySteps_LetsEverythingLeaveOnce() => ForAll(run =>
        run.Left.Count == run.Left.Distinct().Count() && run.Left.Count == run.Added && run.Waiting.Count == 0);

    [Fact]
    public void Take_AnySteps_TakesNothingThatIsOver() => ForAll(run => run.Batches.All(batch =>
        batch.Entries.All(entry => entry.Request.Deadline > batch.At && (entry.Request.IsDelayed || entry.Request.BegunAt < batch.At || entry.TimeoutAt > batch.At))));

    [Fact]
    public void Take_AnySteps_IsFirstInFirstOutInABucketAndLevel() => ForAll(run => run.Batches
        .SelectMany(batch => batch.Entries)
        .GroupBy(entry => (entry.Request.Level.Number, entry.Request.IsDelayed, LengthBuckets.Of(entry.Tokens)))
        .All(group => group.Key.IsDelayed || group.Select(entry => entry.Request.Sequence).SequenceEqual(group.Select(entry => entry.Request.Sequence).Order())));

    [Fact]
    public void Take_AnySteps_BeginsWithTheOldestOfTheHighestLevel() => ForAll(
        run => run.Batches.All(batch => batch.Entries[0] is var first
            && batch.LeftBehind.All(other => Rank(other) > Rank(first.Request)
                || (Rank(other) == Rank(first.Request) && other.Sequence >= first.Request.Sequence))),
        delay: 0);

    [Fact]
    public void FindDue_NothingDue_NamesTheTimeWhenSomethingIs() => ForAll(run => run.Waits.All(wait => wait.DueAt > wait.Now && wait.IsDueThen));

    [Fact]
    public void FindDue_PreferredSizes_AreTakenAtOnceAndExactly()
    {
        var settings = Settings(Delay) with { PreferredBatchSizes = [2, 4] };

        Assert.Equal(0, SizeOf(settings, 1, now: 10));
        Assert.Equal(2, SizeOf(settings, 2, now: 10));
        Assert.Equal(2, SizeOf(settings, 3, now: 10));
        Assert.Equal(4, SizeOf(settings, 7, now: 10));
        Assert.Equal(7, SizeOf(settings, 7, now: Delay));
        Assert.Equal(1, SizeOf(settings with { MaxQueueDelayMicroseconds = 0 }, 1, now: 10));
        Assert.Equal(2, SizeOf(settings with { MaxQueueDelayMicroseconds = 0 }, 3, now: 10));
    }

    [Theory]
    [InlineData(6, 1, 6)]
    [InlineData(6, 2, 3)]
    [InlineData(7, 3, 3)]
    [InlineData(2, 4, 1)]
    [InlineData(20, 2, MaxSize)]
    public void FindDue_IdleLanes_ShareWhatWaits(int items, int lanes, int expected)
    {
        var settings = Settings(delay: 0) with { SpreadOverIdle = true };

        Assert.Equal(expected, SizeOf(settings, items, now: 10, lanes: lanes));
        Assert.Equal(Math.Min(items, MaxSize), SizeOf(settings with { SpreadOverIdle = false }, items, now: 10, lanes: lanes));
        Assert.Equal(Math.Min(items, MaxSize), SizeOf(settings with { MaxQueueDelayMicroseconds = (int)Delay }, items, now: Delay, lanes: lanes));
    }

    [Fact]
    public void FindDue_EndInsideTheDelay_DoesNotWaitForCompany()
    {
        Assert.Equal(0, SizeOf(Settings(Delay), 1, now: 0, deadline: 60));
        Assert.Equal(1, SizeOf(Settings(Delay), 1, now: 0, deadline: 40));
    }

    [Fact]
    public void FindDue_FullBucket_DoesNotWait() => Assert.Equal(MaxSize, SizeOf(Settings(Delay), MaxSize + 3, now: 0));

    [Fact]
    public void FindDue_ItemOverTheTokenLimit_GoesAlone() => Assert.Equal(1, SizeOf(Settings(0), 2, now: 0, tokens: 5000));

    [Theory]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(8, 1)]
    [InlineData(20, 1)]
    public void FindDue_ItemsThatAreBatches_FillTheSize(int size, int count) => Assert.Equal(count, SizeOf(Settings(0), 5, now: 0, size: size));

    [Fact]
    public void FindDue_ItemsThatAreBatches_MakeUpAPreferredSize()
    {
        Assert.Equal(2, SizeOf(Settings(Delay) with { PreferredBatchSizes = [6] }, 2, now: 10, size: 3));
        Assert.Equal(0, SizeOf(Settings(Delay) with { PreferredBatchSizes = [5] }, 2, now: 10, size: 3));
    }

    [Fact]
    public void Take_ShortBehindLong_GoTogetherOnlyWithoutBuckets()
    {
        Assert.Equal([200, 220], FirstBatch(Settings(0)));
        Assert.Equal([200, 5, 220], FirstBatch(Settings(0) with { LengthBuckets = false }));

        static IEnumerable<int> FirstBatch(BatchingSettings settings)
        {
            var run = new Run(settings);
            foreach (var tokens in new[] { 200, 5, 220 })
            {
                run.Add(tokens, level: 1, long.MaxValue, long.MaxValue);
            }

            run.Take();
            return run.Batches[0].Entries.Select(entry => entry.Tokens);
        }
    }

    [Fact]
    public void Expire_TimedOut_IsRejectedOrSetBehind()
    {
        var run = new Run(Settings(0));
        run.Add(10, level: 1, long.MaxValue, timeoutAt: 5);
        run.Add(10, level: 2, long.MaxValue, timeoutAt: 5);
        run.Add(10, level: 2, long.MaxValue, long.MaxValue);
        run.Add(10, level: 3, long.MaxValue, long.MaxValue);
        run.Now = 5;
        run.Take();

        // Level 1 rejects, level 2 delays: what timed out there goes behind its own, and before the lower level.
        Assert.Equal([3L, 2L, 4L], run.Batches.Single().Entries.Select(entry => entry.Request.Sequence));
    }

    [Fact]
    public void Buckets_AllLengths_AreOrderedClasses() => Prop.ForAll(Gen.Choose(1, 1 << 20).ToArbitrary(), tokens =>
        LengthBuckets.Of(tokens) <= LengthBuckets.Of(tokens + 1) && LengthBuckets.Of(tokens) < LengthBuckets.Count).QuickCheckThrowOnFailure();

    // Sets of waiting buckets are bits of one number.
    [Fact]
    public void Buckets_FitIntoOneNumber() => Assert.InRange(LengthBuckets.Count, 1, 64);

    private static int Rank(QueuedRequest request) => (2 * request.Level.Number) + (request.IsDelayed ? 1 : 0);

    private static BatchingSettings Settings(long delay) => new()
    {
        MaxBatchSize = MaxSize,
        MaxBatchTokens = MaxTokens,
        MaxQueueDelayMicroseconds = (int)delay,
        Levels = [Policy(TimeoutAction.Reject), Policy(TimeoutAction.Delay), Policy(TimeoutAction.Reject)],
    };

    private static QueuePolicy Policy(TimeoutAction action) => new(int.MaxValue, action, 0, AllowTimeoutOverride: true);

    private static int SizeOf(BatchingSettings settings, int count, long now, long deadline = long.MaxValue, int tokens = 10, int size = 1, int lanes = 1)
    {
        var run = new Run(settings);
        for (var i = 0; i < count; i++)
        {
            run.Add(tokens, level: 1, deadline, long.MaxValue, size: size);
        }

        return run.Waiting.TryFindDue(now, atOnce: false, out var due, out _, lanes) ? due.Count : 0;
    }

    private static void ForAll(Func<Run, bool> holds, long delay = Delay) => Prop.ForAll(AnySteps, steps =>
    {
        var run = new Run(Settings(delay));
        foreach (var step in steps)
        {
            run.Do(step);
        }

        run.Drain();
        return holds(run);
    }).QuickCheckThrowOnFailure();

    /// <summary>Something that happens.</summary>
    private sealed record Step(int Kind, int Tokens, int Level, int Ends);

    private sealed record Taken(IReadOnlyList<TakenEntry> Entries, long At, IReadOnlyList<QueuedRequest> LeftBehind);

    private sealed record TakenEntry(QueuedRequest Request, int Index, int Tokens, long TimeoutAt);

    private sealed class TestRequest : QueuedRequest
    {
        public TestRequest(int count, int tokens, QueueLevel level, long now, long deadline, long timeoutAt)
        {
            Begin(count, level, now, deadline, timeoutAt);
            Timeout = timeoutAt;
            foreach (var entry in Entries)
            {
                entry.Tokens = tokens + entry.Index;
            }
        }

        /// <summary>What it was at the begin.</summary>
        public long Timeout { get; }
    }

    private sealed class Run(BatchingSettings settings)
    {
        private readonly QueueLevel[] _levels = [.. settings.Levels.Select((policy, i) => new QueueLevel(i + 1, policy))];
        private readonly List<QueuedRequest> _requests = [];

        public WaitingRequests Waiting { get; } = new(settings, settings.MaxQueueDelayMicroseconds);

        public long Now { get; set; }

        public int Added { get; private set; }

        public List<Taken> Batches { get; } = [];

        public List<(QueuedRequest Request, int Index)> Left { get; } = [];

        public List<(long Now, long DueAt, bool IsDueThen)> Waits { get; } = [];

        public void Do(Step step)
        {
            Now++;
            switch (step.Kind)
            {
                case < 6:
                    var ends = Now + step.Ends;
                    Add(step.Tokens, step.Level, step.Kind == 0 ? ends : long.MaxValue, step.Kind == 1 ? ends : long.MaxValue, count: step.Kind == 2 ? 5 : 1);
                    break;
                case 6:
                    Now += step.Ends / 4;
                    break;
                case 7 when _requests.Count > 0:
                    Leave(_requests[step.Tokens % _requests.Count]);
                    break;
                default:
                    Take();
                    break;
            }
        }

        public void Add(int tokens, int level, long deadline, long timeoutAt, int count = 1, int size = 1)
        {
            var request = new TestRequest(count, tokens, _levels[level - 1], Now, deadline, timeoutAt);
            request.Entries[0].Size = size;
            _requests.Add(request);
            Waiting.Add(request);
            Added += count;
        }

        public void Take(bool atOnce = false)
        {
            Expire();
            if (!Waiting.TryFindDue(Now, atOnce, out var due, out var dueAt))
            {
                if (Waiting.Count > 0)
                {
                    Waits.Add((Now, dueAt, Waiting.TryFindDue(dueAt, false, out _, out _)));
                }

                return;
            }

            using var batch = new RunningBatch(MaxSize);
            Waiting.Take(due, Now, batch);
            var taken = batch.Entries.ToArray().Select(entry =>
                new TakenEntry(entry.Request, entry.Index, entry.Tokens, ((TestRequest)entry.Request).Timeout)).ToList();
            Left.AddRange(taken.Select(entry => (entry.Request, entry.Index)));
            Batches.Add(new Taken(taken, Now, [.. _requests.Where(request => request.Entries.ToArray().Any(entry => entry.List is not null))]));
            batch.Detach();
        }

        public void Drain()
        {
            while (Waiting.Count > 0)
            {
                Take(atOnce: true);
            }
        }

        private void Leave(QueuedRequest request)
        {
            Note(request);
            Waiting.Remove(request);
        }

        private void Expire()
        {
            // Which they are is known before; that none is left, after.
            QueuedRequest[] ending = [.. _requests.Where(request => request.Deadline <= Now || (request.TimeoutAt <= Now && request.Level.Policy.TimeoutAction == TimeoutAction.Reject))];
            foreach (var request in ending)
            {
                Note(request);
            }

            var dropped = 0;
            for (var request = Waiting.Expire(Now); request is not null; request = request.NextExpired)
            {
                Assert.Contains(request, ending);
                dropped += request.Dropped;
            }

            Assert.True(ending.All(request => request.Entries.ToArray().All(entry => entry.List is null)), $"{dropped} were dropped");
        }

        private void Note(QueuedRequest request) =>
            Left.AddRange(request.Entries.ToArray().Where(entry => entry.List is not null).Select(entry => (request, entry.Index)));
    }
}
