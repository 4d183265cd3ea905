namespace Hybrid.GpuHost.Execution;

/// <summary>What a model computes on.</summary>
/// <param name="Provider">The ONNX Runtime execution provider.</param>
/// <param name="Index">The device's number; 0 on a CPU.</param>
public sealed record ExecutionDevice(ExecutionProvider Provider, int Index)
{
    public static readonly ExecutionDevice Cpu = new(ExecutionProvider.Cpu, 0);

    /// <summary><c>cuda:0</c>, <c>tensorrt:0</c> or <c>cpu</c>: the form used in metadata, logs and metrics.</summary>
    public override string ToString() => Provider switch
    {
        ExecutionProvider.Cpu => "cpu",
        ExecutionProvider.TensorRt => $"tensorrt:{Index}",
        _ => $"cuda:{Index}",
    };
}

/// <summary>Which execution provider runs the models.</summary>
public enum ExecutionProvider
{
    /// <summary>CUDA when its library loads and a device answers, else CPU.</summary>
    Auto = 0,
    Cpu = 1,
    Cuda = 2,

    /// <summary>TensorRT, with CUDA for the operators that it does not know.</summary>
    TensorRt = 3,
}
