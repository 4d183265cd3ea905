using System.Runtime.CompilerServices;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Tests.Generation;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Prompting;

public sealed class PromptPipelineTests(GptFixture gpt)
{
    private const int Capacity = 3;
    private const int Workers = 2;

    // What all queues and workers hold when nothing moves: the executor has one worker.
    private static readonly int[] Full = [Capacity + Workers, Capacity + Workers, Capacity + Workers, Capacity + 1];

    [Fact]
    public async Task Run_SlowExecutor_TheBuilderTakesNoMoreThanThereAreHandsAndPlaces()
    {
        await using var gated = new GatedPipeline(gpt, Capacity, Workers);
        gated.Engine.Close();
        var answers = Enumerable.Range(0, 100).Select(_ => gated.AskAsync()).ToArray();
        await gated.HoldsAsync(Full);

        // One is on the device; what waits in the builder's queue it has not taken.
        var taken = 1 + Full.Sum() - Capacity;
        await Eventually.IsTrueAsync(() => gated.Built == taken);
        for (var ended = 1; ended <= 20; ended++)
        {
            await gated.Engine.RunBeginsAsync();
            gated.Engine.LetThrough();
            await Eventually.IsTrueAsync(() => answers.Count(answer => answer.IsCompleted) == ended);
            await gated.HoldsAsync(Full);
            await Eventually.IsTrueAsync(() => gated.Built == taken + ended);
        }

        Assert.Equal(taken + 20, gated.Built);
        gated.Engine.Open();
        Assert.All(await Task.WhenAll(answers), pieces => Assert.Single(pieces));
        await gated.IsEmptyAsync();
        Assert.Equal(100, gated.Built);
    }

    [Fact]
    public async Task Cancel_All_EmptiesEveryStageAndAnswersAtOnce()
    {
        await using var gated = new GatedPipeline(gpt, Capacity, Workers);
        gated.Engine.Close();
        using var client = new CancellationTokenSource();
        var (answers, requests) = AskMany(gated, client);
        await gated.HoldsAsync(Full);

        await client.CancelAsync();

        // The device is still held up: nothing that left has waited for it.
        foreach (var answer in answers)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        }

        await gated.IsEmptyAsync();
        answers.Clear();
        await Eventually.IsTrueAsync(() =>
        {
            GC.Collect();
            return requests.TrueForAll(request => !request.IsAlive);
        });
        gated.Engine.Open();
        Assert.Single(await gated.AskAsync());
    }

    [Fact]
    public async Task Cancel_SomeInEveryStage_LeavesOthersUntouched()
    {
        await using var gated = new GatedPipeline(gpt, Capacity, Workers);
        gated.Engine.Close();
        using var client = new CancellationTokenSource();
        var stay = new List<Task>();
        var leave = new List<Task>();
        for (var i = 0; i < 40; i++)
        {
            (i % 2 == 0 ? stay : leave).Add(gated.AskAsync(i % 2 == 0 ? null : client));
        }

        await gated.HoldsAsync(Full);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(leave));
        Assert.All(leave, task => Assert.True(task.IsCanceled));
        gated.Engine.Open();

        await Task.WhenAll(stay);
        await gated.IsEmptyAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Cancel_AThousandAtRandomMoments_LosesNothingAndLeavesNothing(int seed)
    {
        await using var gated = new GatedPipeline(gpt, Capacity, Workers);
        var random = new Random(seed);
        var clients = Enumerable.Range(0, 2000).Select(i => (Leaves: i % 2 == 0, Source: new CancellationTokenSource())).ToArray();
        random.Shuffle(clients);
        var answers = new List<Task<int>>();
        var leavers = new Queue<CancellationTokenSource>();
        foreach (var (leaves, source) in clients)
        {
            answers.Add(CountAsync(gated.AskAsync(source)));
            if (leaves)
            {
                leavers.Enqueue(source);
            }

            if (random.Next(4) == 0)
            {
                await Task.Yield();
            }

            while (leavers.Count > random.Next(60))
            {
                await leavers.Dequeue().CancelAsync();
            }
        }

        while (leavers.TryDequeue(out var last))
        {
            await last.CancelAsync();
        }

        await Task.WhenAll(answers);
        for (var i = 0; i < clients.Length; i++)
        {
            Assert.True(clients[i].Leaves || await answers[i] == 1, $"Request {i} was not answered.");
            clients[i].Source.Dispose();
        }

        await gated.IsEmptyAsync();
        Assert.Single(await gated.AskAsync());
    }

    [Theory]
    // With so many before it, it ends up: in the executor's hands, in its queue, in the other queues, at the door.
    [InlineData(1, "executor")]
    [InlineData(2, "executor")]
    [InlineData(4, "injector")]
    [InlineData(6, "validator")]
    [InlineData(8, "builder")]
    [InlineData(9, "builder")]
    public async Task Budget_Ends_TheTimeOutNamesTheStage(int before, string stage)
    {
        await using var gated = new GatedPipeline(gpt, capacity: 1, workers: 1);
        gated.Engine.Close();
        var others = new List<Task>();
        for (var i = 0; i < before; i++)
        {
            others.Add(gated.AskAsync());
            await SettledAsync(gated, i + 1);
        }

        var late = gated.AskAsync(budget: TimeSpan.FromSeconds(3));
        await SettledAsync(gated, before + 1);
        gated.Clock.Advance(TimeSpan.FromSeconds(3));

        var exception = await Assert.ThrowsAsync<HybridException>(() => late);
        Assert.Equal((ErrorCode.DeadlineExceeded, "prompt." + stage), (exception.Error.Code, exception.Error.Param));
        Assert.Contains(stage, exception.Message, StringComparison.Ordinal);
        gated.Engine.Open();
        await Task.WhenAll(others);
        await gated.IsEmptyAsync();
    }

    [Fact]
    public async Task Budget_SpentBefore_IsATimeOutOfTheFirstStage()
    {
        await using var gated = new GatedPipeline(gpt);

        var exception = await Assert.ThrowsAsync<HybridException>(() => gated.AskAsync(budget: TimeSpan.Zero));

        Assert.Equal((ErrorCode.DeadlineExceeded, "prompt.builder"), (exception.Error.Code, exception.Error.Param));
        Assert.Equal(0, gated.Built);
    }

    [Fact]
    public async Task Run_AStageFails_OnlyItsRequestDoes()
    {
        await using var gated = new GatedPipeline(gpt, Capacity, Workers);
        var fine = Enumerable.Range(0, 10).Select(_ => gated.AskAsync()).ToArray();
        var faults = Enumerable.Range(0, 10).Select(_ => gated.AskAsync(text: GatedPipeline.Fault)).ToArray();
        var refusals = Enumerable.Range(0, 10).Select(_ => gated.AskAsync(text: GatedPipeline.Refused)).ToArray();
        var thrown = gated.AskAsync(GatedPipeline.Request("What?"), (_, _) => throw new InvalidOperationException("no sequence"));
        var others = Enumerable.Range(0, 10).Select(_ => gated.AskAsync()).ToArray();

        Assert.All(await CodesAsync(faults), code => Assert.Equal(ErrorCode.Internal, code));
        Assert.All(await CodesAsync(refusals), code => Assert.Equal(ErrorCode.Unprocessable, code));
        await Assert.ThrowsAsync<InvalidOperationException>(() => thrown);
        Assert.All(await Task.WhenAll(fine.Concat(others)), pieces => Assert.Single(pieces));
        await gated.IsEmptyAsync();
    }

    [Fact]
    public async Task Dispose_HandsOverWhatIsInsideAndTurnsAwayWhoWaitsAtTheDoor()
    {
        await using var gated = new GatedPipeline(gpt, Capacity, Workers);
        gated.Engine.Close();
        var inside = Enumerable.Range(0, Full.Sum() + 1).Select(_ => gated.AskAsync()).ToArray();
        await Eventually.IsTrueAsync(() => gated.Built == inside.Length - Capacity);
        await gated.HoldsAsync(Full);
        var atTheDoor = Enumerable.Range(0, 5).Select(_ => gated.AskAsync()).ToArray();

        var end = gated.Pipeline.DisposeAsync();

        Assert.All(await CodesAsync([.. atTheDoor, gated.AskAsync()]), code => Assert.Equal(ErrorCode.Unavailable, code));
        Assert.False(end.IsCompleted);
        gated.Engine.Open();
        Assert.All(await Task.WhenAll(inside), pieces => Assert.Single(pieces));
        await end;
    }

    // Not inlined, so that nothing on this test's stack keeps the requests alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (List<Task> Answers, List<WeakReference> Requests) AskMany(GatedPipeline gated, CancellationTokenSource client)
    {
        var requests = Enumerable.Range(0, 60).Select(i => GatedPipeline.Request($"Question {i}")).ToList();
        return ([.. requests.Select(request => gated.AskAsync(request, gated.Sequence, client))],
            requests.ConvertAll(request => new WeakReference(request)));
    }

    // With one worker and one place each, a request goes as far as it can before the next comes.
    private static Task SettledAsync(GatedPipeline gated, int count)
    {
        int Past(int those) => Math.Clamp(count - those, 0, 2);
        return gated.HoldsAsync(Past(7), Past(5), Past(3), Past(1));
    }

    private static async Task<int> CountAsync(Task<List<GeneratedPiece>> answer)
    {
        try
        {
            return (await answer).Count;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    private static async Task<List<ErrorCode>> CodesAsync<T>(IEnumerable<Task<T>> answers)
    {
        var codes = new List<ErrorCode>();
        foreach (var answer in answers)
        {
            codes.Add((await Assert.ThrowsAsync<HybridException>(() => answer)).Error.Code);
        }

        return codes;
    }
}
