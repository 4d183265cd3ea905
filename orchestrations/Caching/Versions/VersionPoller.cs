using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Caching.Versions;

/// <summary>Keeps <see cref="ServedVersions"/> fresh, so that a new version is answered from within an interval of its coming.</summary>
internal sealed class VersionPoller(ServedVersions versions, IOptions<CachingOptions> options, TimeProvider time) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Value.Enabled
        ? Periodically.RunAsync(options.Value.VersionInterval, time, versions.RefreshAsync, stoppingToken)
        : Task.CompletedTask;
}
