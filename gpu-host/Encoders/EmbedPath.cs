using System.Runtime.CompilerServices;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution.Leases;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Encoders;

/// <summary>An embed request's way: check, tokenize, batch, reply.</summary>
public sealed class EmbedPath(
    ModelDescription model,
    ITextTokenizer tokenizer,
    BatchQueue<EncodedText, ReadOnlyMemory<float>> queue,
    int maxInputs,
    ModelMetrics metrics,
    TimeProvider time) : IAsyncDisposable
{
    private readonly BatchQueue<EncodedText, ReadOnlyMemory<float>> _queue = queue;

    /// <summary>Items that wait or run.</summary>
    public int QueueLength => _queue.Length;

    /// <summary>Buffers with results that are not written yet.</summary>
    public int LentBuffers => _queue.LentBuffers;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<EmbedReplyRows> RunAsync(EmbedRequest request, RequestBudget budget)
    {
        RequestLimits.CheckCount("input", request.Inputs.Count, maxInputs);
        var begin = time.GetTimestamp();
        var texts = new EncodedText[request.Inputs.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            budget.Token.ThrowIfCancellationRequested();
            texts[i] = Encode(request.Inputs[i], i, request.Truncate);
        }

        var tokenized = time.GetElapsedTime(begin);
        var counts = Array.ConvertAll(texts, text => text.Ids.Length);
        var count = counts.Sum();
        metrics.Tokenized(tokenized, count);
        using var reply = await _queue.EnqueueAsync(texts, budget.Deadline, new RequestSchedule(budget.Priority), budget.Token);
        return new EmbedReplyRows(
            model.Id.Name,
            model.Id.Version,
            model.Dimensions,
            reply.Results.ToArray(),
            count,
            new Timings(reply.Queued, tokenized, reply.Computed, budget.Elapsed),
            counts);
    }

    /// <summary>Gives the vectors of a reply back, once it was written.</summary>
    public static void Release(EmbedReplyRows reply)
    {
        foreach (var row in reply.Rows.Span)
        {
            LeasedMemory.Return(row);
        }
    }

    /// <summary>Begins as <paramref name="before"/>, which gets no more requests, ends.</summary>
    public void TakeOver(EmbedPath before) => _queue.TakeOver(before._queue);

    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private EncodedText Encode(EmbedInput input, int index, bool truncate)
    {
        var name = $"input[{index}]";
        var text = input.Tokens is { } tokens ? FromTokens(tokens, name) : tokenizer.Encode(RequestLimits.NotEmpty(input.Text, name), model.MaxTokens);
        if (text.Ids.Length == 0)
        {
            throw new HybridException(ErrorCode.Unprocessable, $"{name} has no token.", name);
        }

        RequestLimits.CheckOverflow(text, truncate, model.MaxTokens, name);
        return text;
    }

    private EncodedText FromTokens(IReadOnlyList<int> tokens, string name)
    {
        if (tokens.Any(token => token < 0 || token >= tokenizer.VocabularySize))
        {
            throw new HybridException(ErrorCode.Unprocessable, $"{name} has a token that is not in 0 to {tokenizer.VocabularySize - 1}.", name);
        }

        int[] ids = [.. tokens.Take(model.MaxTokens)];
        return new EncodedText(ids, new int[ids.Length], tokens.Count - ids.Length);
    }
}
