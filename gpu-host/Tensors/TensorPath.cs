using System.Runtime.CompilerServices;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Tensors;

/// <summary>A raw tensor request's way: check it against the signature, queue, run. Every model has this path, whatever its task.</summary>
public sealed class TensorPath(ModelDescription model, ModelSignature signature, BatchQueue<TensorItem, IReadOnlyList<Tensor>> queue) : IAsyncDisposable
{
    private readonly BatchQueue<TensorItem, IReadOnlyList<Tensor>> _queue = queue;

    /// <summary>Items that wait or run.</summary>
    public int QueueLength => _queue.Length;

    /// <summary>Buffers with results that are not written yet.</summary>
    public int LentBuffers => _queue.LentBuffers;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<InferReply> RunAsync(InferRequest request, RequestSchedule schedule, RequestBudget budget)
    {
        TensorCheck.Check(request, signature);
        using var item = new TensorItem(request);
        using var reply = await _queue.EnqueueAsync([item], budget.Deadline, schedule.Or(budget.Priority), budget.Token);
        return new InferReply(
            model.Id.Name, model.Id.Version, reply.Results[0], new Timings(reply.Queued, TimeSpan.Zero, reply.Computed, budget.Elapsed));
    }

    /// <summary>Gives the bytes of a reply's tensors back, once it was written.</summary>
    public static void Release(InferReply reply) => TensorRunner.Return(reply.Outputs);

    /// <summary>Begins as <paramref name="before"/>, which gets no more requests, ends.</summary>
    public void TakeOver(TensorPath before) => _queue.TakeOver(before._queue);

    public ValueTask DisposeAsync() => _queue.DisposeAsync();
}
