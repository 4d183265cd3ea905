using Hybrid.GpuHost.Admission.Adaptive;

namespace Hybrid.GpuHost.Models;

/// <summary>Keeps a model from being unloaded until it is disposed, once. A value, so that a request allocates none.</summary>
public readonly struct ModelLease : IDisposable
{
    internal ModelLease(LoadedModel model, IAdmissionObserver? observer)
    {
        Model = model;
        Observer = observer;
    }

    public LoadedModel Model { get; }

    /// <summary>Wants to know how the request ends that this is for; null: nobody does.</summary>
    public IAdmissionObserver? Observer { get; }

    public void Dispose() => Model.Leave();
}
