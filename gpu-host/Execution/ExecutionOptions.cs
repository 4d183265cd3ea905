using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Execution;

/// <summary>What models run on, and with how many threads. Section <c>Execution</c>.</summary>
public sealed class ExecutionOptions : IValidatableObject
{
    public const string Section = "Execution";

    private const int MostInstances = 64;
    private const int MostThreads = 1024;

    /// <summary>Which provider runs the models.</summary>
    /// <value>Default <see cref="ExecutionProvider.Auto"/>: the same settings serve a laptop and a GPU node.</value>
    public ExecutionProvider Provider { get; set; } = ExecutionProvider.Auto;

    /// <summary>
    /// Options of the provider by ONNX Runtime's own names, such as <c>arena_extend_strategy</c>. They are tried when the host starts; with
    /// <see cref="ExecutionProvider.Auto"/> they are CUDA's, and not used on a CPU.
    /// </summary>
    public Dictionary<string, string> ProviderOptions { get; } = new(StringComparer.Ordinal);

    /// <summary>The CUDA device.</summary>
    /// <value>0 to 63; default 0.</value>
    [Range(0, 63)]
    public int DeviceId { get; set; }

    /// <summary>Threads inside one operator of one run.</summary>
    /// <value>auto, or 0 to 1024, where 0 is as many as the process has cores. Default auto, as <see cref="InstanceCount"/>.</value>
    public CountOrAuto IntraOpThreads { get; set; } = CountOrAuto.Auto;

    /// <summary>Runs of one model that may go on at a time, over one copy of its weights (Triton's <c>instance_group.count</c>).</summary>
    /// <value>
    /// auto, or 1 to 64. Default auto: on a CPU an encoder of some size is measured when it is loaded for the first time; everything else has 1
    /// with all cores, and on a GPU a second run only takes from the first.
    /// </value>
    public CountOrAuto InstanceCount { get; set; } = CountOrAuto.Auto;

    /// <summary>Lets idle threads of a session spin for work.</summary>
    /// <value>Default false: at light load spinning kept 1.3 of 2 cores busy, without it 0.4, at the same latency.</value>
    public bool AllowSpinning { get; set; }

    /// <summary>Keeps the optimized form of staged models of 16 MB or more, with the weights as this processor's kernels want them, beside them.</summary>
    /// <value>
    /// Default true: a session then maps its weights instead of making them anew in memory of its own, and opens sooner, for twice the model's size
    /// on the disk. Only on a CPU; a GPU has its weights in memory of its own.
    /// </value>
    public bool KeepOptimized { get; set; } = true;

    /// <summary>Keeps the threads that compute on the processors of the GPU's NUMA node.</summary>
    /// <value>Default true: on a machine of one node, or without a GPU, nothing changes.</value>
    public bool PinToNode { get; set; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (InstanceCount.Count is < 1 or > MostInstances)
        {
            yield return new ValidationResult($"{nameof(InstanceCount)} ({InstanceCount}) is not auto or 1 to {MostInstances}.", [nameof(InstanceCount)]);
        }

        if (IntraOpThreads.Count is > MostThreads)
        {
            yield return new ValidationResult($"{nameof(IntraOpThreads)} ({IntraOpThreads}) is not auto or 0 to {MostThreads}.", [nameof(IntraOpThreads)]);
        }

        if (Provider == ExecutionProvider.Cpu && ProviderOptions.Count > 0)
        {
            yield return new ValidationResult(
                $"{nameof(ProviderOptions)} ({string.Join(", ", ProviderOptions.Keys)}): the CPU provider has none; set {nameof(Provider)} to Cuda or TensorRt, or leave them out.",
                [nameof(ProviderOptions)]);
        }
    }
}
