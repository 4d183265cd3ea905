namespace Hybrid.GpuHost.Admission.Tenants;

/// <summary>A token bucket for each of the tenants seen last. Thread-safe; one short lock, since one request holds it for some 50 ns.</summary>
public sealed class TenantQuota(TenantQuotaOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private readonly Dictionary<string, LinkedListNode<(string Tenant, TokenBucket Bucket)>> _byTenant = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Tenant, TokenBucket Bucket)> _byUse = new();

    /// <summary>Tenants that are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byTenant.Count;
            }
        }
    }

    /// <summary>Takes one request out of the tenant's share.</summary>
    /// <param name="tenant">Who asks; requests without a tenant share one.</param>
    /// <param name="retryAfter">When there is share again, if there is none.</param>
    public bool TryTake(string tenant, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (options.RequestsPerSecond <= 0)
        {
            return true;
        }

        lock (_gate)
        {
            var now = time.GetElapsedTime(_start);
            return BucketOf(tenant, now).TryTake(now, out retryAfter);
        }
    }

    private TokenBucket BucketOf(string tenant, TimeSpan now)
    {
        if (_byTenant.TryGetValue(tenant, out var known))
        {
            _byUse.Remove(known);
            _byUse.AddLast(known);
            return known.Value.Bucket;
        }

        if (_byTenant.Count == options.MaxTenants)
        {
            _byTenant.Remove(_byUse.First!.Value.Tenant);
            _byUse.RemoveFirst();
        }

        var bucket = new TokenBucket(options.RequestsPerSecond, options.Burst, now);
        _byTenant.Add(tenant, _byUse.AddLast((tenant, bucket)));
        return bucket;
    }
}
