using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Encoders;
using Hybrid.GpuHost.Generation;
using Hybrid.GpuHost.Generation.Decoding;
using Hybrid.GpuHost.Generation.Scheduling;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tokenization;
using Microsoft.Extensions.DependencyInjection;

namespace Hybrid.GpuHost.Tests.Execution;

/// <summary>What is computed with others is what it would be alone, for every model that is shipped.</summary>
public sealed class BatchedEqualsAloneTests(ModelRepository models, ITestOutputHelper output)
{
    // Where a processor's kernels add in another order for another width. On the machines that we test on the bits are equal.
    private const float Tolerance = 1e-5f;

    private static readonly int[] Sizes = [1, 2, 3, 5, 8, 13, 21, 32];

    [Theory]
    [InlineData("demo-embed")]
    [InlineData("bench-embed")]
    public void Embed_MixedLengths_EachGetsItsOwnVector(string model)
    {
        var description = models.Describe(model);
        var runner = new EmbedRunner(models.Open(model), description, padTokenId: 0);
        var texts = Texts(longest: 48);
        float[][] alone = [.. texts.Select(text => Compute(runner, [text])[0])];

        foreach (var size in Sizes)
        {
            AssertEqual($"{model}, batch of {size}", alone[..size], Compute(runner, texts[..size]));
        }

        Assert.Equal(0, runner.LentBuffers);
    }

    [Theory]
    [InlineData("demo-rerank")]
    public void Rerank_MixedLengths_EachGetsItsOwnScore(string model)
    {
        var runner = new RerankRunner(models.Open(model), padTokenId: 0);
        var pairs = Texts(longest: 48);
        float[][] alone = [.. pairs.Select(pair => Scores([pair])[0])];

        foreach (var size in Sizes)
        {
            AssertEqual($"{model}, batch of {size}", alone[..size], Scores(pairs[..size]));
        }

        float[][] Scores(EncodedText[] batch)
        {
            var scores = new float[batch.Length];
            runner.Run(batch, scores, TestContext.Current.CancellationToken);
            return [.. scores.Select(score => new[] { score })];
        }
    }

    [Theory]
    [InlineData("demo-generate")]
    [InlineData("bench-generate")]
    public async Task Generate_MixedLengths_EachGetsItsOwnTokens(string model)
    {
        await using var services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<HostTelemetry>().BuildServiceProvider();
        using var metrics = new ModelMetrics(services.GetRequiredService<HostTelemetry>(), new ModelId(model, 1), TimeProvider.System);
        using var tokenizer = HfTokenizer.Load(models.FolderOf(model));
        await using var scheduler = new GenerationScheduler(
            new Decoder(models.Open(model)), new GenerationOptions { MaxSequences = 32 }, tokenizer.PadTokenId, maxTokens: 256, model, metrics, TimeProvider.System);
        var prompts = Texts(longest: 24);
        var alone = new List<int[]>();
        foreach (var prompt in prompts)
        {
            alone.Add(await GenerateAsync(prompt));
        }

        Assert.Equal(alone, await Task.WhenAll(prompts.Select(GenerateAsync)));

        async Task<int[]> GenerateAsync(EncodedText prompt)
        {
            var sequence = new GenerationSequence(
                prompt.Ids, 8, [], new TokenSampler(new Sampling()), tokenizer.CreateDetokenizer(), new StopTexts([]), TestContext.Current.CancellationToken);
            using var watch = await scheduler.EnqueueAsync(sequence);
            var tokens = new List<int>();
            await foreach (var piece in sequence.Pieces.ReadAllAsync(TestContext.Current.CancellationToken))
            {
                tokens.Add(piece.Token);
            }

            return [.. tokens];
        }
    }

    // Lengths 2 to longest, in no order, of tokens that every vocabulary has; the second half is the second text of a pair.
    private static EncodedText[] Texts(int longest)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable.Range(0, Sizes[^1]).Select(_ =>
            {
                int[] ids = [.. Enumerable.Range(0, random.Next(2, longest + 1)).Select(_ => random.Next(5, 200))];
                return new EncodedText(ids, [.. ids.Select((_, i) => i * 2 / ids.Length)], 0);
            }),
        ];
    }

    private static float[][] Compute(EmbedRunner runner, EncodedText[] texts)
    {
        var results = new ReadOnlyMemory<float>[texts.Length];
        runner.Run(texts, results, TestContext.Current.CancellationToken);
        float[][] vectors = [.. results.Select(vector => vector.ToArray())];
        Array.ForEach(results, runner.Release);
        return vectors;
    }

    private void AssertEqual(string what, float[][] alone, float[][] together)
    {
        var largest = alone.Zip(together, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max()).Max();
        output.WriteLine($"{what}: largest difference {largest}");
        Assert.InRange(largest, 0, Tolerance);
    }
}
