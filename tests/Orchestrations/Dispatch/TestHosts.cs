using Hybrid.Orchestrations.Dispatch;

namespace Hybrid.Orchestrations.Tests.Dispatch;

/// <summary>Hosts that nobody speaks to.</summary>
internal static class TestHosts
{
    public static GpuHost Create(int number) =>
        new(new Uri($"http://host-{number}"), new HostBreaker(new GpuPoolOptions(), TimeProvider.System), TimeProvider.System);
}
