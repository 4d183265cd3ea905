using Hybrid.Contracts.Tensors;

namespace Hybrid.GpuHost.Models.Warmup;

/// <summary>A request that a version computes before it serves (Triton's <c>model_warmup</c>).</summary>
/// <param name="Name">For messages.</param>
/// <param name="Count">How often on each instance.</param>
/// <param name="Inputs">What goes in.</param>
public sealed record WarmupSample(string Name, int Count, IReadOnlyList<WarmupInput> Inputs);

/// <summary>An input of it.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">With the batch, where the model has one.</param>
/// <param name="Data">What is in it.</param>
/// <param name="File">For <see cref="WarmupData.File"/>: its name in the version's folder <c>warmup</c>.</param>
public sealed record WarmupInput(string Name, TensorType Type, IReadOnlyList<long> Shape, WarmupData Data, string? File = null);

public enum WarmupData
{
    /// <summary>Zeros; texts are empty.</summary>
    Zero = 0,

    /// <summary>The same at each load: floats from 0 to 1, and 0 or 1 for whole numbers, which every table of indices has. Texts are empty.</summary>
    Random = 1,

    /// <summary>The bytes of a file, as the binary tensor extension has them.</summary>
    File = 2,
}
