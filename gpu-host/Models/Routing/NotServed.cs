using Hybrid.Contracts.Errors;

namespace Hybrid.GpuHost.Models.Routing;

/// <summary>Says why nothing answers a request for a model.</summary>
internal static class NotServed
{
    /// <param name="snapshot">What is served.</param>
    /// <param name="name">What was asked for.</param>
    /// <param name="version">0: any.</param>
    public static HybridException Of(ModelsSnapshot snapshot, string name, int version) =>
        Unless(snapshot, name) ?? Of($"Model '{name}' is not served in version {version}; this host serves {Versions(snapshot, name)}.");

    public static HybridException Of(ModelsSnapshot snapshot, string name, string label) =>
        Unless(snapshot, name) ?? Of($"No version of model '{name}' is '{label}' here; this host serves {Versions(snapshot, name)}.");

    // Null: the model is there.
    private static HybridException? Unless(ModelsSnapshot snapshot, string name) =>
        !snapshot.Complete
            ? new HybridException(new Error(ErrorCode.Unavailable, "The host is still loading its models.", "model", TimeSpan.FromSeconds(1)))
        : snapshot.Offering(name).Any()
            ? null
            : Of($"No model '{name}' is served; this host serves {string.Join(", ", snapshot.Offered.Select(model => model.Id.Name))}.");

    private static HybridException Of(string message) => new(ErrorCode.ModelNotFound, message, "model");

    private static string Versions(ModelsSnapshot snapshot, string name) => string.Join(", ", snapshot.Offering(name));
}
