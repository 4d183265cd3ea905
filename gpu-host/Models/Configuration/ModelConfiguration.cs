using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models.Lifecycle;
using Hybrid.GpuHost.Models.Warmup;

namespace Hybrid.GpuHost.Models.Configuration;

/// <summary>How one model is served: the host's settings, and what its <c>config.pbtxt</c> says instead.</summary>
/// <param name="Batching">Of texts and pairs, which are put together whatever the file says.</param>
/// <param name="Tensors">
/// Of raw tensor requests: a <c>max_batch_size</c> over 0 says that they may be put together along their first dimension; without one each is a
/// batch of its own.
/// </param>
/// <param name="MaxClientBatchSize">Most items in one request; never more than a queue holds.</param>
/// <param name="InstanceCount">Instances of the model (<c>instance_group.count</c>, all groups together); null: as many as the host has for all.</param>
public sealed record ModelConfiguration(BatchingSettings Batching, BatchingSettings Tensors, int MaxClientBatchSize, int? InstanceCount)
{
    /// <summary>Which versions of the model are served; null: as the host has it for all.</summary>
    public VersionPolicy? VersionPolicy { get; init; }

    /// <summary>What it computes before it serves.</summary>
    public IReadOnlyList<WarmupSample> Warmup { get; init; } = [];

    /// <summary>The same with what was measured of the model, where the settings leave it open.</summary>
    internal ModelConfiguration With(ExecutionPlan plan) => plan.BatchTokens > 0 && Batching.AutoBatchTokens
        ? this with { Batching = Batching with { MaxBatchTokens = plan.BatchTokens } }
        : this;

    /// <param name="batching">Of texts and pairs.</param>
    /// <param name="maxBatchSize">The file's; null: it has none.</param>
    /// <param name="instances">The file's; null: it has none.</param>
    /// <param name="host">The host's settings.</param>
    internal static ModelConfiguration Of(BatchingSettings batching, int? maxBatchSize, int? instances, BatchingOptions host) => new(
        batching,
        maxBatchSize > 0 ? batching : batching with { MaxBatchSize = 1, PreferredBatchSizes = [], MaxQueueDelayMicroseconds = 0 },
        Math.Min(host.MaxClientBatchSize, batching.Levels.Min(level => level.MaxQueueSize)),
        instances);
}
