using Hybrid.GpuHost.Admission;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Hosting;

/// <summary>
/// The orderly end: first the host says that it is not ready, then the server takes no more and running requests finish, each within
/// its budget and all within the shutdown timeout. Models are unloaded after that, when nobody leases them.
/// </summary>
public sealed class Drain(AdmissionGate gate, IOptions<GpuHostOptions> options, TimeProvider time, ILogger<Drain> logger) : IHostedLifecycleService
{
    private volatile bool _draining;

    public bool Draining => _draining;

    // The host runs this before it stops the server.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        Log.Draining(logger, gate.Inside);
        await Task.Delay(options.Value.DrainDelay, time, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
