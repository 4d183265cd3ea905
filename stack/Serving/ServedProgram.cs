using Hybrid.Contracts.Headers;
using Hybrid.Stack.Storage;

namespace Hybrid.Stack.Serving;

/// <summary>One of this repository's own programs as the stack runs it.</summary>
/// <param name="Name">For logs and messages.</param>
/// <param name="Project">Its project, which is also the name of its build folder.</param>
/// <param name="UrlSetting">The setting that says where it listens.</param>
/// <param name="ReadyRoute">GET answers 200 when it can serve.</param>
/// <param name="PreferredPort">0: any free one.</param>
/// <param name="Settings">Its other settings, as environment variables: arguments could be seen by other users.</param>
public sealed record ServedProgram(
    string Name,
    string Project,
    string UrlSetting,
    string ReadyRoute,
    int PreferredPort,
    IReadOnlyList<KeyValuePair<string, string>> Settings)
{
    /// <summary>A GPU host; <paramref name="source"/> says where its models come from.</summary>
    public static ServedProgram GpuHost(
        StackOptions options, string name, int preferredPort, params IEnumerable<KeyValuePair<string, string>> source) =>
        new(name, "Hybrid.GpuHost", "Host__Url", TaskRoutes.Ready, preferredPort,
        [
            new("Weights__CacheDirectory", Path.Combine(options.Data, "model-cache", name)),
            .. source,
            .. options.Settings,
        ]);

    /// <summary>The functions and the durable engine in one process: the API.</summary>
    internal static ServedProgram LocalHost(
        StackOptions options, AzuriteProcess azurite, IEnumerable<ServedProcess> gpuHosts, ApiKey key) =>
        new("local-host", "Hybrid.LocalHost", "LocalHost__Url", "/health/ready", options.Ports.Api,
        [
            new("Durable__Database", Path.Combine(options.Data, "durable.db")),
            new("AzureWebJobsStorage", azurite.ConnectionString),
            new("ApiKeys__0__Key", key.Key),
            new("ApiKeys__0__Tenant", key.Tenant),
            .. gpuHosts.Select((host, i) => new KeyValuePair<string, string>($"GpuPool__Hosts__{i}", host.Url.GetLeftPart(UriPartial.Authority))),
            .. options.Settings,
        ]);
}
