using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Caching.Versions;

/// <summary>Keeps <see cref="ServedVersions"/> fresh, so that a new version is answered from within an interval of its coming.</summary>
internal sealed class VersionPoller(ServedVersions versions, IOptions<CachingOptions> options, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Value.VersionInterval, time);
        try
        {
            do
            {
                await versions.RefreshAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }
    }
}
