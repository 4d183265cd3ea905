using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>Asks every host again and again whether it is ready; each on its own, so that a silent one holds up no other.</summary>
internal sealed class HealthPoller(PoolState state, HostTransport transport, IOptions<GpuPoolOptions> options, TimeProvider time)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(state.Hosts.Select(
        host => Periodically.RunAsync(options.Value.HealthInterval, time, token => AskAsync(host, token), stoppingToken)));

    private async Task AskAsync(GpuHost host, CancellationToken cancellation)
    {
        var asked = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(options.Value.HealthTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            state.Polled(host, await transport.IsReadyAsync(host, linked.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // A host that answers calls meanwhile is busy, not gone: to take its work from it would only make others busy.
            if (!host.WasHeardSince(asked))
            {
                await FellSilentAsync(host);
            }
        }
    }

    // It may be frozen with its connections open: nobody will ever tell those who wait for it. As long as others can do their
    // work, they are told now; else to wait on is as good as anything.
    private async Task FellSilentAsync(GpuHost host)
    {
        state.Polled(host, ready: false);
        if (!state.Snapshot.Ready.IsEmpty)
        {
            await host.AbandonAsync();
        }
    }
}
