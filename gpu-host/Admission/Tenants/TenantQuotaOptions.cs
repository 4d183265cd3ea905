using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Admission.Tenants;

/// <summary>How much one tenant may ask for. Section <c>Admission:Tenants</c>.</summary>
public sealed class TenantQuotaOptions
{
    public const string Section = "Admission:Tenants";

    /// <summary>Requests per second that a tenant may send for as long as it likes.</summary>
    /// <value>0 to 1000000; default 0: no quota. What a fair share is depends on the device and on who shares it.</value>
    [Range(0, 1_000_000)]
    public double RequestsPerSecond { get; set; }

    /// <summary>Requests that a tenant who was quiet may send at once.</summary>
    /// <value>1 to 1000000; default 100.</value>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 100;

    /// <summary>Tenants whose use is remembered; past it the one not seen for longest is forgotten, and begins again with a full burst.</summary>
    /// <value>1 to 1000000; default 10000: about 2 MB.</value>
    [Range(1, 1_000_000)]
    public int MaxTenants { get; set; } = 10_000;
}
