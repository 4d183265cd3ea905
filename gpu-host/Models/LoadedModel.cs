using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Encoders;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Generation;
using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tensors;

namespace Hybrid.GpuHost.Models;

/// <summary>One version of a model in memory, with the paths that its task allows. It owns everything below it.</summary>
public sealed class LoadedModel(ModelDescription description, IInferenceEngine engine, ModelMetrics metrics, ModelAdmission admission, ModelPaths paths)
{
    private readonly TaskCompletionSource _returned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private IDisposable? _kept;

    // One for being served, one for each lease.
    private PaddedCounter _holders = new(1);
    private MemoryReservation? _memory;

    public ModelDescription Description => description;

    public IInferenceEngine Engine => engine;

    public ModelMetrics Metrics => metrics;

    public ModelAdmission Admission => admission;

    /// <summary>What it counts for in the memory budget; null: nothing.</summary>
    internal MemoryReservation? Memory => _memory;

    /// <summary>Whether anybody uses it now.</summary>
    internal bool IsLeased => _holders.Value > 1;

    /// <summary>Items that wait or run, on all paths.</summary>
    public int QueueLength => paths.QueueLength;

    /// <summary>Buffers with results that are not written yet, on all paths.</summary>
    public int LentBuffers => paths.LentBuffers;

    /// <summary>Requests in each stage of the prompt pipeline, if the model has one.</summary>
    public IEnumerable<KeyValuePair<string, int>> PromptQueues => paths.Generate?.PromptQueues ?? [];

    public TensorPath Tensors => paths.Tensors;

    public EmbedPath Embed => paths.Embed ?? throw WrongTask(ModelTask.Embed);

    public RerankPath Rerank => paths.Rerank ?? throw WrongTask(ModelTask.Rerank);

    public GeneratePath Generate => paths.Generate ?? throw WrongTask(ModelTask.Generate);

    /// <summary>False when the model was retired and given back by all.</summary>
    public bool TryLease(out ModelLease lease) => TryLease(observer: null, out lease);

    /// <inheritdoc cref="TryLease(out ModelLease)"/>
    internal bool TryLease(IAdmissionObserver? observer, out ModelLease lease)
    {
        for (var holders = _holders.Value; holders > 0;)
        {
            var seen = _holders.CompareExchange(holders + 1, holders);
            if (seen == holders)
            {
                _memory?.Touch();
                lease = new ModelLease(this, observer);
                return true;
            }

            holders = seen;
        }

        lease = default;
        return false;
    }

    /// <summary>Takes over the memory that was reserved for it, and gives it back when it is freed.</summary>
    public void Own(MemoryReservation memory)
    {
        memory.Settle();
        _memory = memory;
    }

    /// <summary>Begins as <paramref name="before"/>, which gets no more requests, ends. What generates has no part in it: answers may take minutes.</summary>
    internal void TakeOver(LoadedModel before) => paths.TakeOver(before.Paths);

    /// <summary>Disposes of this too when it is freed, as the last thing: the files that it may still read from.</summary>
    public void Keep(IDisposable files) => _kept = files;

    /// <summary>Call once, when it is no longer published: waits for the last lease, then frees it. Neither on the caller's thread: who publishes does not wait.</summary>
    public async Task RetireAsync()
    {
        _memory?.Leave();
        Leave();
        await _returned.Task.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await paths.DisposeAsync();
        engine.Dispose();
        metrics.Dispose();
        _memory?.Dispose();
        _kept?.Dispose();
    }

    internal void Leave()
    {
        if (_holders.Add(-1) == 0)
        {
            _returned.SetResult();
        }
    }

    private ModelPaths Paths => paths;

    private HybridException WrongTask(ModelTask task) =>
        new(ErrorCode.Unprocessable, $"Model '{description.Id.Name}' is for {description.Task}, not for {task}.", "model");
}
