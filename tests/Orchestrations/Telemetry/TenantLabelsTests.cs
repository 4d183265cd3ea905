using Hybrid.Orchestrations.Telemetry;

namespace Hybrid.Orchestrations.Tests.Telemetry;

public sealed class TenantLabelsTests
{
    private readonly TenantLabels _labels = new(["acme", "default"]);

    [Theory]
    [InlineData("acme", "acme")]
    [InlineData("default", "default")]
    [InlineData("ACME", "other")]
    [InlineData("", "other")]
    [InlineData("stranger", "other")]
    public void Tenant_IsNamedOnlyWhenItIsConfigured(string tenant, string label) => Assert.Equal(label, _labels.Of(tenant));
}
