using Hybrid.GpuHost.Admission.Tenants;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Admission.Tenants;

public sealed class TenantQuotaTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Tenant_OverItsShare_WaitsWhileAnotherGoesOn()
    {
        var quota = Quota(new() { RequestsPerSecond = 2, Burst = 3 });

        Assert.Equal(3, Take(quota, "a", 10));
        Assert.False(quota.TryTake("a", out var retryAfter));
        Assert.InRange(retryAfter.TotalMilliseconds, 499, 501);
        Assert.Equal(3, Take(quota, "b", 10));

        _time.Advance(retryAfter);
        Assert.True(quota.TryTake("a", out _));
    }

    [Fact]
    public void Tenants_MoreThanAreKept_PushOutTheOneNotSeenForLongest()
    {
        var quota = Quota(new() { RequestsPerSecond = 1, Burst = 1, MaxTenants = 2 });
        quota.TryTake("a", out _);
        quota.TryTake("b", out _);
        quota.TryTake("a", out _);

        quota.TryTake("c", out _);

        Assert.Equal(2, quota.Count);
        Assert.False(quota.TryTake("a", out _));
        Assert.True(quota.TryTake("b", out _));
    }

    [Fact]
    public void Tenants_TenThousandNames_TakeNoMoreRoomThanAllowed()
    {
        var quota = Quota(new() { RequestsPerSecond = 1, MaxTenants = 100 });

        for (var i = 0; i < 10_000; i++)
        {
            quota.TryTake($"tenant {i}", out _);
        }

        Assert.Equal(100, quota.Count);
    }

    [Fact]
    public void Quota_OfZero_IsNone()
    {
        var quota = Quota(new());

        Assert.Equal(10_000, Take(quota, "a", 10_000));
        Assert.Equal(0, quota.Count);
    }

    [Fact]
    public void Threads_AllAtOnce_GetTheBurstTogether()
    {
        var quota = Quota(new() { RequestsPerSecond = 1, Burst = 50, MaxTenants = 3 });
        var granted = 0;

        Parallel.For(0, 10_000, i => Interlocked.Add(ref granted, quota.TryTake((i % 3).ToString(), out _) ? 1 : 0));

        Assert.Equal(150, granted);
    }

    private TenantQuota Quota(TenantQuotaOptions options) => new(options, _time);

    private static int Take(TenantQuota quota, string tenant, int times) =>
        Enumerable.Range(0, times).Count(_ => quota.TryTake(tenant, out var _));
}
