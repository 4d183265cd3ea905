namespace Hybrid.GpuHost.Models;

/// <summary>Keeps a model from being unloaded until it is disposed.</summary>
public sealed class ModelLease(LoadedModel model, Action returned) : IDisposable
{
    private Action? _returned = returned;

    public LoadedModel Model { get; } = model;

    public void Dispose() => Interlocked.Exchange(ref _returned, null)?.Invoke();
}
