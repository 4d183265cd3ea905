using System.Diagnostics.Metrics;
using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Hybrid.Orchestrations.Tests.Caching;

/// <summary>Metrics that nobody reads, for parts that count.</summary>
internal static class TestMetrics
{
    public static CachingMetrics Create() =>
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(), new TenantLabels(["acme"]));
}
