using System.Collections.Frozen;

namespace Hybrid.Orchestrations.Telemetry;

/// <summary>
/// What metrics may call a tenant: the name of one that is configured, else <c>other</c>. Whoever may write to the queue may name any
/// tenant, and must not make a series with each.
/// </summary>
/// <param name="configured">The tenants that have a key.</param>
public sealed class TenantLabels(IEnumerable<string> configured)
{
    public const string Other = "other";

    private readonly FrozenSet<string> _configured = configured.ToFrozenSet();

    public string Of(string tenant) => _configured.TryGetValue(tenant, out var known) ? known : Other;
}
