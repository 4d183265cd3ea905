using Hybrid.Telemetry.Otlp;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Hybrid.Telemetry.Tests.Otlp;

public sealed class OtlpSettingsTests
{
    [Theory]
    [InlineData(null, null, false)]
    [InlineData("", null, false)]
    [InlineData("http://127.0.0.1:4317", null, true)]
    [InlineData("https://collector.example/otlp", "false", true)]
    [InlineData("http://127.0.0.1:4317", "true", false)]
    public void Export_IsOnWithAnEndpointAlone(string? endpoint, string? disabled, bool expected) =>
        Assert.Equal(expected, OtlpSettings.ExportsFrom(Configuration(endpoint, disabled)));

    [Theory]
    [InlineData("127.0.0.1:4317")]
    [InlineData("collector")]
    [InlineData("ftp://collector")]
    public void Endpoint_ThatIsNoHttpAddress_StopsTheStart(string endpoint)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => OtlpSettings.ExportsFrom(Configuration(endpoint, null)));

        Assert.Contains(endpoint, Assert.Single(refusal.Failures), StringComparison.Ordinal);
    }

    private static IConfiguration Configuration(string? endpoint, string? disabled) => new ConfigurationBuilder()
        .AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), new("OTEL_SDK_DISABLED", disabled)])
        .Build();
}
