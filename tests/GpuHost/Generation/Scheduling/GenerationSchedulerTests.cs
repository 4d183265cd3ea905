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
            alone.Add(await TokensAsync(Enqueue(length, count, sampling)));
        }

        _engine.Close();
        var first = Enqueue(3, 2);
        await _engine.RunBeginsAsync();
        var together = texts.Select(text => Enqueue(text.Length, text.New, text.Sampling)).ToArray();
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
        var whole = await TokensAsync(Enqueue(100, 20));
        await using var inParts = gpt.Start(_engine, new GenerationOptions { PrefillChunkTokens = chunk });

        var sequence = gpt.Sequence(Prompt(100), 20);
        using var watch = inParts.Enqueue(sequence);

        Assert.Equal(whole, await TokensAsync(sequence));
        Assert.Contains(_engine.Shapes, shape => shape[1] == chunk);
    }

    [Fact]
    public async Task Enqueue_WhileAnotherIsInWork_TakesTurnsWithIt()
    {
        _engine.Close();
        var longer = Enqueue(5, 100);
        await _engine.RunBeginsAsync();
        var shorter = Enqueue(40, 1);
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
        var sequence = Enqueue(5, 100, client: client);
        await _engine.RunBeginsAsync();

        await client.CancelAsync();

        // The gate is still closed: only an end from outside lets the run go.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TokensAsync(sequence));
        await Eventually.IsTrueAsync(() => _scheduler.Length == 0);
        _engine.Open();
        Assert.Equal(3, (await TokensAsync(Enqueue(5, 3))).Length);
        Assert.Equal(4, _engine.Shapes.Count);
    }

    [Fact]
    public async Task Cancel_OneOfAGroup_TheOthersGoOn()
    {
        var alone = await TokensAsync(Enqueue(6, 10));
        _engine.Close();
        var first = Enqueue(3, 1);
        await _engine.RunBeginsAsync();
        using var client = new CancellationTokenSource();
        var leaver = Enqueue(7, 50, client: client);
        var stayer = Enqueue(6, 10);
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
    public async Task Cancel_Waiting_GivesItsPlaceBack()
    {
        await using var narrow = gpt.Start(_engine, new GenerationOptions { MaxSequences = 1, MaxQueueSize = 1 });
        _engine.Close();
        using var client = new CancellationTokenSource();
        var running = gpt.Sequence(Prompt(5), 2);
        using var first = narrow.Enqueue(running);
        await _engine.RunBeginsAsync();
        var waiting = gpt.Sequence(Prompt(5), 2, client: client);
        using var second = narrow.Enqueue(waiting);

        var overload = Assert.Throws<HybridException>(() => narrow.Enqueue(gpt.Sequence(Prompt(5), 2)));
        await client.CancelAsync();
        _engine.Open();
        await TokensAsync(running);
        await Eventually.IsTrueAsync(() => narrow.Length == 0);

        Assert.Equal(ErrorCode.Overloaded, overload.Error.Code);
        Assert.NotNull(overload.Error.RetryAfter);
        Assert.Equal(0, waiting.NewTokens);
        using var third = narrow.Enqueue(gpt.Sequence(Prompt(5), 2));
    }

    [Fact]
    public async Task Run_Fails_ItsSequencesSayWhyAndLaterOnesGo()
    {
        _engine.Fail(new HybridException(ErrorCode.Internal, "The device is gone."));

        var exception = await Assert.ThrowsAsync<HybridException>(() => TokensAsync(Enqueue(5, 5)));

        Assert.Equal("The device is gone.", exception.Message);
        Assert.Equal(5, (await TokensAsync(Enqueue(5, 5))).Length);
    }

    [Fact]
    public async Task Dispose_EndsWhatItHasAndTakesNoMore()
    {
        var sequence = Enqueue(5, 30);

        await _scheduler.DisposeAsync();

        Assert.Equal(30, (await TokensAsync(sequence)).Length);
        var exception = Assert.Throws<HybridException>(() => _scheduler.Enqueue(gpt.Sequence(Prompt(5), 1)));
        Assert.Equal(ErrorCode.Unavailable, exception.Error.Code);
    }

    [Fact]
    public async Task Pieces_Joined_AreTheTextOfTheTokens()
    {
        var sequence = Enqueue(5, 60);
        var pieces = await PiecesAsync(sequence);

        Assert.Equal(gpt.Tokenizer.Decode([.. pieces.Select(piece => piece.Token)]), string.Concat(pieces.Select(piece => piece.Text)));
        Assert.Equal(FinishReason.Length, pieces[^1].Finish);
        Assert.All(pieces.SkipLast(1), piece => Assert.Null(piece.Finish));
    }

    private static int[] Prompt(int length) => [.. Enumerable.Range(0, length).Select(i => 20 + (i * 37 % 211))];

    private GenerationSequence Enqueue(int promptLength, int maxNewTokens, Sampling? sampling = null, CancellationTokenSource? client = null)
    {
        var sequence = gpt.Sequence(Prompt(promptLength), maxNewTokens, sampling, client);
        _watches.Add(_scheduler.Enqueue(sequence));
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
