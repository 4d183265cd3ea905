using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using Hybrid.Functions;
using Hybrid.Infra.Tests.Bicep;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hybrid.Infra.Tests.Settings;

/// <summary>The function app's settings, given to the functions' own composition.</summary>
public sealed partial class FunctionsSettingsTests
{
    // For values that only Azure or an operator knows.
    private static readonly Dictionary<string, string> Samples = new()
    {
        ["AzureWebJobsStorage__clientId"] = "00000000-0000-0000-0000-000000000000",
        ["AzureWebJobsStorage__blobServiceUri"] = "https://account.blob.core.windows.net/",
        ["AzureWebJobsStorage__queueServiceUri"] = "https://account.queue.core.windows.net/",
        ["AzureWebJobsStorage__tableServiceUri"] = "https://account.table.core.windows.net/",
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "InstrumentationKey=00000000-0000-0000-0000-000000000000",
        ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = "ClientId=00000000-0000-0000-0000-000000000000;Authorization=AAD",
        ["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"] = "Endpoint=https://scheduler.durabletask.io;Authentication=ManagedIdentity",
        ["TASKHUB_NAME"] = "hybrid",
        ["GpuPool__Hosts__0"] = "https://gpu-host.region.azurecontainerapps.io",
        ["Caching__Redis__Endpoint"] = "redis-1.region.redis.azure.net:10000",
        ["Caching__Redis__ClientId"] = "00000000-0000-0000-0000-000000000000",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector.internal:4317",
        ["Rag__EmbedModel"] = "an-embedder",
        ["Rag__RerankModel"] = "a-reranker",
        ["Rag__GenerateModel"] = "a-generator",
        ["ApiKeys__0__Key"] = "a-key-of-an-operator",
        ["ApiKeys__0__Tenant"] = "default",
    };

    private static IReadOnlyList<Setting> Settings => Setting.Of(Templates.Functions, "appSettings");

    [Fact]
    public void Settings_AreReadAndPassTheFunctionsOwnChecks()
    {
        var source = new ReadKeys(Settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)ValueOf(setting))));
        var configuration = new ConfigurationBuilder().Add(source).Build();
        var app = new App();
        app.AddHybridFunctions(configuration);
        using var services = app.Services.BuildServiceProvider();

        services.GetRequiredService<IStartupValidator>().Validate();
        services.GetRequiredService<BlobServiceClient>();

        var unread = Settings.Where(setting =>
            !source.Contains(setting.Key) && !HostJson().Contains(setting.Name) && !PlatformSettings.OfFunctions.ContainsKey(setting.Name));
        Assert.Empty(unread.Select(setting => setting.Name));
    }

    // What a secret that is missing would make of the key.
    [Fact]
    public void ApiKey_ThatAzureDidNotResolve_IsRefused()
    {
        var reference = Settings.Single(setting => setting.Name == "ApiKeys__0__Key").Value.Unquoted;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ApiKeys:0:Key", reference), new("ApiKeys:0:Tenant", "default")])
            .Build();
        var app = new App();
        app.AddHybridFunctions(configuration);
        using var services = app.Services.BuildServiceProvider();

        var refusal = Assert.Throws<OptionsValidationException>(services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains("Key Vault reference", Assert.Single(refusal.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_ThatHostJsonNames_AreSet() =>
        Assert.Empty(HostJson().Except(Settings.Select(setting => setting.Name)));

    [Fact]
    public void Samples_AreOfSettingsThatAreSet() =>
        Assert.Empty(Samples.Keys.Except(Settings.Select(setting => setting.Name)));

    private static string ValueOf(Setting setting) =>
        Templates.Functions.Values(setting.Value) is [var value] ? value : Samples[setting.Name];

    // %NAME% anywhere, and the durable backend's connection.
    private static HashSet<string> HostJson()
    {
        var durable = RepositoryFiles.ReadJson("host.json").GetProperty("extensions").GetProperty("durableTask");
        return
        [
            .. Placeholder().Matches(RepositoryFiles.Read("host.json")).Select(match => match.Groups[1].Value),
            durable.GetProperty("storageProvider").GetProperty("connectionStringName").GetString()!,
        ];
    }

    [GeneratedRegex("%([A-Za-z_]+)%")]
    private static partial Regex Placeholder();

    private sealed class App : IFunctionsWorkerApplicationBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection().AddLogging();

        public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware) => this;
    }
}
