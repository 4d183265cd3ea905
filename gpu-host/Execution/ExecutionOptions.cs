using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Execution;

/// <summary>What models run on, and with how many threads. Section <c>Execution</c>.</summary>
public sealed class ExecutionOptions
{
    public const string Section = "Execution";

    /// <summary>Which provider runs the models.</summary>
    /// <value>Default <see cref="ExecutionProvider.Auto"/>: the same settings serve a laptop and a GPU node.</value>
    public ExecutionProvider Provider { get; set; } = ExecutionProvider.Auto;

    /// <summary>The CUDA device.</summary>
    /// <value>0 to 63; default 0.</value>
    [Range(0, 63)]
    public int DeviceId { get; set; }

    /// <summary>Threads inside one operator.</summary>
    /// <value>0 to 1024; default 0: as many as the process has cores.</value>
    [Range(0, 1024)]
    public int IntraOpThreads { get; set; }

    /// <summary>Runs of one model that may go on at a time, all on ONE session so that weights are there once (Triton's <c>instance_group.count</c>).</summary>
    /// <value>1 to 64; default 1: a second run on the same cores or device only takes from the first.</value>
    [Range(1, 64)]
    public int InstanceCount { get; set; } = 1;

    /// <summary>Lets idle threads of a session spin for work.</summary>
    /// <value>Default false: at light load spinning kept 1.3 of 2 cores busy, without it 0.4, at the same latency.</value>
    public bool AllowSpinning { get; set; }
}
