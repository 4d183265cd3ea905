using System.Net.Http.Json;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Endpoints.OpenInference;
using Hybrid.GpuHost.Models.Lifecycle;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Models.Lifecycle;

/// <summary>A host over a repository that a test changes; it polls when the test says so.</summary>
internal sealed class LifecycleHost : IAsyncDisposable
{
    public const int ModelFailed = 1202;

    private LifecycleHost(TestHost host) => Host = host;

    public TestHost Host { get; }

    /// <summary>Over a folder.</summary>
    public static Task<LifecycleHost> ServeAsync(TestFolder repository, params (string Name, string Value)[] settings) =>
        ServeAsync([("Weights:Directory", repository.Path), ("Weights:CacheDirectory", repository.Combine(".cache")), .. settings]);

    /// <summary>Over what the settings name; ready.</summary>
    public static async Task<LifecycleHost> ServeAsync(params (string Name, string Value)[] settings)
    {
        (string Name, string Value)[] usual = [("Models:PollInterval", "0"), ("Weights:MaxAttempts", "1")];
        var all = settings.Concat(usual).DistinctBy(setting => setting.Name);
        var host = await TestHost.StartAsync(all.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)), ModelFailed);
        await host.WaitUntilReadyAsync();
        return new LifecycleHost(host);
    }

    /// <summary>Looks at the repository; returns when what is new was tried, and what is old is gone from the traffic.</summary>
    public async Task PollAsync() =>
        await Task.WhenAll(await Host.Get<ModelLifecycle>().PollAsync(TestContext.Current.CancellationToken));

    public Task<InferReply> AskAsync(int version = 0) => Host.PostAsync<InferRequest, InferReply>(TaskRoutes.Infer, VersionedModel.Request(0, version));

    /// <summary>State and reason of each version.</summary>
    public async Task<Dictionary<int, (string State, string Reason)>> IndexAsync()
    {
        using var response = await Host.Client.PostAsync("/v2/repository/index", null, TestContext.Current.CancellationToken);
        var entries = await response.Content.ReadFromJsonAsync(OpenInferenceJson.Default.IndexEntryArray, TestContext.Current.CancellationToken);
        return entries!.ToDictionary(entry => int.Parse(entry.Version, null), entry => (entry.State, entry.Reason));
    }

    public Task<HttpResponseMessage> PostAsync(string route, string? json = null) =>
        Host.Client.PostAsync(route, json is null ? null : new StringContent(json, null, MediaTypes.Json), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
