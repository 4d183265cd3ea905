using Hybrid.GpuHost.Execution;

namespace Hybrid.GpuHost.Batching;

/// <summary>A place where one batch at a time is computed: a runner, and the thread that it alone runs on.</summary>
internal sealed record BatchLane<TItem, TResult>(IBatchRunner<TItem, TResult> Runner, ExecutionLane Thread);
