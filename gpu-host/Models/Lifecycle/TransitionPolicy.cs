namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>How one version of a model gives way to another; the names are TensorFlow Serving's.</summary>
public enum TransitionPolicy
{
    /// <summary>The new one is loaded and checked first: the model always answers, and is there twice for that long.</summary>
    AvailabilityPreserving = 0,

    /// <summary>
    /// The old one is unloaded first, and its memory returned: for models that do not fit twice. Until the new one is there the model does not
    /// answer; when that fails, the old one is loaded again.
    /// </summary>
    ResourcePreserving = 1,
}
