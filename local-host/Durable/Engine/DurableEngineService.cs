namespace Hybrid.LocalHost.Durable.Engine;

/// <summary>Runs the engine as long as the host runs.</summary>
internal sealed class DurableEngineService(DurableEngine engine) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => engine.StopAsync(cancellationToken);
}
