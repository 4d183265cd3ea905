using Hybrid.GpuHost.Admission.Adaptive;

namespace Hybrid.GpuHost.Models.Routing;

/// <summary>The version that a request goes to.</summary>
/// <param name="Model">It.</param>
/// <param name="Observer">Wants to know how the request ends; null: nobody does.</param>
internal readonly record struct RoutedModel(LoadedModel Model, IAdmissionObserver? Observer);
