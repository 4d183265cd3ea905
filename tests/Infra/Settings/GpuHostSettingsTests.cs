using Hybrid.GpuHost;
using Hybrid.Infra.Tests.Bicep;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hybrid.Infra.Tests.Settings;

/// <summary>The container's environment, given to the GPU host's own composition.</summary>
public sealed class GpuHostSettingsTests
{
    // For values that only Azure knows.
    private static readonly Dictionary<string, string> Samples = new()
    {
        ["Weights__ContainerUri"] = "https://account.blob.core.windows.net/models",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector.internal:4317",
        ["AZURE_CLIENT_ID"] = "00000000-0000-0000-0000-000000000000",
    };

    private static IReadOnlyList<Setting> Settings => Setting.Of(Templates.GpuHost, "env");

    public static TheoryData<int> Alternatives => [.. Enumerable.Range(0, Settings.Max(setting => ValuesOf(setting).Count))];

    [Theory]
    [MemberData(nameof(Alternatives))]
    public void Settings_AreReadAndPassTheHostsOwnChecks(int alternative)
    {
        var source = new ReadKeys(Settings.Select(setting =>
            KeyValuePair.Create(setting.Key, (string?)ValuesOf(setting)[Math.Min(alternative, ValuesOf(setting).Count - 1)])));
        var builder = WebApplication.CreateEmptyBuilder(new());
        ((IConfigurationBuilder)builder.Configuration).Add(source);
        using var services = builder.AddGpuHost().Services.BuildServiceProvider();

        services.GetRequiredService<IStartupValidator>().Validate();

        Assert.Empty(Settings.Where(setting => !source.Contains(setting.Key) && !PlatformSettings.OfGpuHost.ContainsKey(setting.Name)).Select(setting => setting.Name));
    }

    private static IReadOnlyList<string> ValuesOf(Setting setting) =>
        Templates.GpuHost.Values(setting.Value) is { Count: > 0 } values ? values : [Samples[setting.Name]];
}
