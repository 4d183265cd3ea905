using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Generation;
using Hybrid.GpuHost.Generation.Scheduling;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Generation.Scheduling;

public sealed class GenerationSchedulerTests(GptFixture gpt) : IAsyncLifetime
{
    private readonly GatedEngine _engine = gpt.OpenEngine();
    private readonly List<IDisposable> _watches = [];
    private GenerationScheduler _scheduler = null!;

    public ValueTask InitializeAsync()
    {
        _scheduler = gpt.Start(_engine);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        _engine.Open();
        await _scheduler.DisposeAsync();
        _watches.ForEach(watch => watch.Dispose());
        _engine.Dispose();
    }

    [Fact]
    public async Task Enqueue_Together_EqualsAloneToTheToken()
    {
        // Lengths of one class and of several, greedy and sampled, ending at different steps, two of them at the model's length.
        (int Length, int New, Sampling Sampling)[] texts =
        [
            (5, 40, new()), (9, 12, new(Temperature: 1, Seed: 3)), (16, 25, new()), (1, 30, new(Temperature: 0.7f, TopK: 40, TopP: 0.9f, Seed: 9)),
            (97, 31, new()), (110, 18, new()), (100, 3, new(Temperature: 2, Seed: 1)),
        ];
        var alone = new List<int[]>();
        foreach (var (length, count, sampling) in texts)
        {
            alone.Add(await TokensAsync(await EnqueueAsync(length, count, sampling)));
        }

        _engine.Close();
        var first = await EnqueueAsync(3, 2);
        await _engine.RunBeginsAsync();
        var together = await Task.WhenAll(texts.Select(text => EnqueueAsync(text.Length, text.New, text.Sampling)));
        _engine.Open();

        Assert.Equal(alone, await Task.WhenAll(together.Select(TokensAsync)));
        Assert.Contains(_engine.Shapes, shape => shape[0] == 4);
        Assert.Contains(_engine.Shapes, shape => shape[0] == 3);
        Assert.Equal(2, (await TokensAsync(first)).Length);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(50)]
    public async Task Enqueue_PromptInParts_EqualsTheWhole(int chunk)
    {
        var whole = await TokensAsync(await EnqueueAsync(100, 20));
        await using var inParts = gpt.Start(_engine, new GenerationOptions { PrefillChunkTokens = chunk });

        var sequence = gpt.Sequence(Prompt(100), 20);
        using var watch = await inParts.EnqueueAsync(sequence);

        Assert.Equal(whole, await TokensAsync(sequence));
        Assert.Contains(_engine.Shapes, shape => shape[1] == chunk);
    }

    [Fact]
    public async Task Enqueue_WhileAnotherIsInWork_TakesTurnsWithIt()
    {
        _engine.Close();
        var longer = await EnqueueAsync(5, 100);
        await _engine.RunBeginsAsync();
        var shorter = await EnqueueAsync(40, 1);
        _engine.LetThrough();
        await _engine.RunBeginsAsync();
        _engine.LetThrough();
        await _engine.RunBeginsAsync();

        await TokensAsync(shorter);

        Assert.InRange(longer.NewTokens, 1, 2);
    }

    [Fact]
    public async Task Cancel_InWork_StopsTheRunAndTheNextOneGoes()
    {
        _engine.Close();
        using var client = new CancellationTokenSource();
        var sequence = await EnqueueAsync(5, 100, client: client);
        await _engine.RunBeginsAsync();

        await client.CancelAsync();

        // The gate is still closed: only an end from outside lets the run go.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TokensAsync(sequence));
        await Eventually.IsTrueAsync(() => _scheduler.Length == 0);
        _engine.Open();
        Assert.Equal(3, (await TokensAsync(await EnqueueAsync(5, 3))).Length);
        Assert.Equal(4, _engine.Shapes.Count);
    }

    [Fact]
    public async Task Cancel_OneOfAGroup_TheOthersGoOn()
    {
        var alone = await TokensAsync(await EnqueueAsync(6, 10));
        _engine.Close();
        var first = await EnqueueAsync(3, 1);
        await _engine.RunBeginsAsync();
        using var client = new CancellationTokenSource();
        var leaver = await EnqueueAsync(7, 50, client: client);
        var stayer = await EnqueueAsync(6, 10);
        _engine.LetThrough();
        await _engine.RunBeginsAsync();
        await client.CancelAsync();
        _engine.Open();

        Assert.Equal(alone, await TokensAsync(stayer));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TokensAsync(leaver));
        Assert.Single(await TokensAsync(first));
        Assert.Equal(2, _engine.Shapes[^1][0]);
    }

    [Fact]
    public async Task Enqueue_NoPlace_WaitsForOneThatIsGivenBack()
    {
        await using var narrow = gpt.Start(_engine, new GenerationOptions { MaxSequences = 1, MaxQueueSize = 1 });
        _engine.Close();
        using var client = new CancellationTokenSource();
        var running = gpt.Sequence(Prompt(5), 2);
        using var first = await narrow.EnqueueAsync(running);
        await _engine.RunBeginsAsync();
        var waiting = gpt.Sequence(Prompt(5), 2, client: client);
        using var second = await narrow.EnqueueAsync(waiting);
        using var impatient = new CancellationTokenSource();
        var third = gpt.Sequence(Prompt(5), 2);
        var entering = narrow.EnqueueAsync(third).AsTask();
        var leaving = narrow.EnqueueAsync(gpt.Sequence(Prompt(5), 2, client: impatient)).AsTask();

        Assert.False(entering.IsCompleted);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await client.CancelAsync();
        _engine.Open();

        using var entered = await entering;
        await TokensAsync(running);
        Assert.Equal(2, (await TokensAsync(third)).Length);
        await Eventually.IsTrueAsync(() => narrow.Length == 0);
        Assert.Equal(0, waiting.NewTokens);
    }

    [Fact]
    public async Task Run_Fails_ItsSequencesSayWhyAndLaterOnesGo()
    {
        _engine.Fail(new HybridException(ErrorCode.Internal, "The device is gone."));

        var exception = await Assert.ThrowsAsync<HybridException>(async () => await TokensAsync(await EnqueueAsync(5, 5)));

        Assert.Equal("The device is gone.", exception.Message);
        Assert.Equal(5, (await TokensAsync(await EnqueueAsync(5, 5))).Length);
    }

    [Fact]
    public async Task Dispose_EndsWhatItHasAndTakesNoMore()
    {
        var sequence = await EnqueueAsync(5, 30);

        await _scheduler.DisposeAsync();

        Assert.Equal(30, (await TokensAsync(sequence)).Length);
        var exception = await Assert.ThrowsAsync<HybridException>(async () => await _scheduler.EnqueueAsync(gpt.Sequence(Prompt(5), 1)));
        Assert.Equal(ErrorCode.Unavailable, exception.Error.Code);
    }

    [Fact]
    public async Task Pieces_Joined_AreTheTextOfTheTokens()
    {
        var sequence = await EnqueueAsync(5, 60);
        var pieces = await PiecesAsync(sequence);

        Assert.Equal(gpt.Tokenizer.Decode([.. pieces.Select(piece => piece.Token)]), string.Concat(pieces.Select(piece => piece.Text)));
        Assert.Equal(FinishReason.Length, pieces[^1].Finish);
        Assert.All(pieces.SkipLast(1), piece => Assert.Null(piece.Finish));
    }

    private static int[] Prompt(int length) => [.. Enumerable.Range(0, length).Select(i => 20 + (i * 37 % 211))];

    private async Task<GenerationSequence> EnqueueAsync(int promptLength, int maxNewTokens, Sampling? sampling = null, CancellationTokenSource? client = null)
    {
        var sequence = gpt.Sequence(Prompt(promptLength), maxNewTokens, sampling, client);
        _watches.Add(await _scheduler.EnqueueAsync(sequence));
        return sequence;
    }

    private static async Task<int[]> TokensAsync(GenerationSequence sequence) => [.. (await PiecesAsync(sequence)).Select(piece => piece.Token)];

    private static async Task<List<GeneratedPiece>> PiecesAsync(GenerationSequence sequence)
    {
        var pieces = new List<GeneratedPiece>();
        await foreach (var piece in sequence.Pieces.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            pieces.Add(piece);
        }

        return pieces;
    }
}
