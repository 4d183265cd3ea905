namespace Hybrid.GpuHost.Weights;

/// <summary>A version that cannot be had. The message is for the operator.</summary>
public sealed class WeightsException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>
    /// True: the version may be had later as it is, when storage answers again, or a disk has room. False: not before its publisher changes
    /// it, which shows in <see cref="IModelSource.ETagAsync"/>.
    /// </summary>
    public bool MayPass { get; init; }
}
