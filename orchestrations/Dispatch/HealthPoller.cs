using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>Asks every host again and again whether it is ready.</summary>
internal sealed class HealthPoller(PoolState state, HostTransport transport, IOptions<GpuPoolOptions> options, TimeProvider time)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.HealthInterval, time);
        try
        {
            do
            {
                await PollAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }
    }

    private Task PollAsync(CancellationToken cancellation) =>
        Task.WhenAll(state.Hosts.Select(host => PollAsync(host, cancellation)));

    private async Task PollAsync(GpuHost host, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.Value.HealthTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            state.Mark(host, await transport.IsReadyAsync(host, linked.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            state.Mark(host, ready: false);
        }
    }
}
