namespace Hybrid.GpuHost.Models;

/// <summary>Keeps a model from being unloaded until it is disposed, once. A value, so that a request allocates none.</summary>
public readonly struct ModelLease : IDisposable
{
    internal ModelLease(LoadedModel model) => Model = model;

    public LoadedModel Model { get; }

    public void Dispose() => Model.Leave();
}
