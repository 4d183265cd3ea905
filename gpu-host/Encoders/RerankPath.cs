using System.Runtime.CompilerServices;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Encoders;

/// <summary>A rerank request's way: check, tokenize the pairs, batch, reply.</summary>
public sealed class RerankPath(
    ModelDescription model, ITextTokenizer tokenizer, BatchQueue<EncodedText, float> queue, int maxPassages, ModelMetrics metrics, TimeProvider time)
    : IAsyncDisposable
{
    private readonly BatchQueue<EncodedText, float> _queue = queue;

    /// <summary>Items that wait or run.</summary>
    public int QueueLength => _queue.Length;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RerankReply> RunAsync(RerankRequest request, RequestBudget budget)
    {
        RequestLimits.NotEmpty(request.Query, "query");
        RequestLimits.CheckCount("passages", request.Passages.Count, maxPassages);
        for (var i = 0; i < request.Passages.Count; i++)
        {
            RequestLimits.NotEmpty(request.Passages[i], $"passages[{i}]");
        }

        var begin = time.GetTimestamp();
        var pairs = tokenizer.EncodePairs(request.Query, request.Passages, model.MaxTokens);
        for (var i = 0; i < pairs.Count; i++)
        {
            RequestLimits.CheckOverflow(pairs[i], request.Truncate, model.MaxTokens, $"passages[{i}]");
        }

        var tokenized = time.GetElapsedTime(begin);
        int[] counts = [.. pairs.Select(pair => pair.Ids.Length)];
        var count = counts.Sum();
        metrics.Tokenized(tokenized, count);
        using var reply = await _queue.EnqueueAsync([.. pairs], budget.Deadline, new RequestSchedule(budget.Priority), budget.Token);
        return new RerankReply(
            model.Id.Name,
            model.Id.Version,
            ScoresOf(reply.Results, request.RawScores),
            count,
            new Timings(reply.Queued, tokenized, reply.Computed, budget.Elapsed),
            counts);
    }

    /// <summary>Begins as <paramref name="before"/>, which gets no more requests, ends.</summary>
    public void TakeOver(RerankPath before) => _queue.TakeOver(before._queue);

    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private static float[] ScoresOf(ReadOnlySpan<float> logits, bool raw)
    {
        var scores = logits.ToArray();
        return raw ? scores : Array.ConvertAll(scores, Sigmoid);
    }

    private static float Sigmoid(float score) => 1 / (1 + MathF.Exp(-score));
}
