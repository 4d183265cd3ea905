using System.Net.Http.Json;
using Hybrid.GpuHost.Endpoints.OpenInference;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Models.Lifecycle;
using Hybrid.Testing.Metrics;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>A host in a process of its own that looks at a container all the time, and what it holds.</summary>
internal sealed class WatchedHost : IDisposable
{
    // Files that are staged side by side; the client keeps its connections for a while.
    private const int MoreSockets = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HostProcess _process;
    private readonly string _cache;

    private WatchedHost(HostProcess process, string cache) => (_process, _cache) = (process, cache);

    public HttpClient Client => _process.Client;

    /// <summary>What it has open.</summary>
    public IReadOnlyList<string> Open => OpenFiles.Of(_process.Id);

    /// <summary>Over the fixture's container and cache; ready.</summary>
    /// <param name="blobs">The fixture.</param>
    /// <param name="settings">Beside the usual, or in their place.</param>
    public static async Task<WatchedHost> StartAsync(BlobFixture blobs, params (string Name, string Value)[] settings) =>
        new(await HostProcess.StartReadyAsync(Arguments(blobs, settings)), blobs.Cache);

    /// <summary>What <see cref="StartAsync"/> starts a host with.</summary>
    public static string[] Arguments(BlobFixture blobs, params (string Name, string Value)[] settings)
    {
        (string Name, string Value)[] usual =
        [
            ("Weights:ConnectionString", blobs.Relay.ConnectionString), ("Weights:Container", blobs.Options.Container),
            ("Weights:CacheDirectory", blobs.Cache), ("Weights:MinFreeBytes", "0"),
            ("Weights:MaxAttempts", "3"), ("Weights:RetryDelay", "00:00:00.1"),
            ("Models:PollInterval", "00:00:00.2"), ("Models:RetryDelay", "00:00:00.2"), ("Models:MaxRetryDelay", "00:00:00.5"),
        ];
        return [.. settings.Concat(usual).DistinctBy(setting => setting.Name).SelectMany(setting => new[] { $"--{setting.Name}", setting.Value })];
    }

    /// <summary>Fails unless the index comes to say this of a version.</summary>
    /// <param name="version">Its number.</param>
    /// <param name="state">Its state.</param>
    /// <param name="reason">A part of the reason; empty: there is none.</param>
    public async Task IsShownAsync(int version, string state, string reason)
    {
        var entry = (State: "", Reason: "");
        await UntilAsync(async () => (await IndexAsync()).TryGetValue(version, out entry) && IsSo());
        Assert.True(IsSo(), $"{entry}");

        bool IsSo() => entry.State == state && (reason.Length == 0 ? entry.Reason.Length == 0 : entry.Reason.Contains(reason, StringComparison.Ordinal));
    }

    /// <summary>State and reason of each version.</summary>
    public async Task<Dictionary<int, (string State, string Reason)>> IndexAsync()
    {
        using var response = await Client.PostAsync("/v2/repository/index", null, TestContext.Current.CancellationToken);
        var entries = await response.Content.ReadFromJsonAsync(OpenInferenceJson.Default.IndexEntryArray, TestContext.Current.CancellationToken);
        return entries!.ToDictionary(entry => int.Parse(entry.Version, null), entry => (entry.State, entry.Reason));
    }

    /// <summary>Files of this version's weights that are mapped.</summary>
    public IReadOnlyList<string> MappedOf(int version) => OpenFiles.MappedBy(_process.Id, Path.Combine(_cache, VersionedModel.Name, $"{version}") + "/");

    /// <summary>Fails unless it comes to hold, of files and memory, no more than version 1 and what was open before.</summary>
    public async Task HoldsOnlyTheFirstVersionAsync(IReadOnlyList<string> openBefore)
    {
        List<string> more = [];
        await UntilAsync(() => Task.FromResult((more = Beyond(openBefore, Open)).Count == 0));
        Assert.True(more.Count == 0, string.Join("\n", more));
        Assert.NotEmpty(MappedOf(1));
        Assert.Empty(MappedOf(2));
        Assert.Equal(["1"], await VersionsInMemoryAsync());
    }

    /// <summary>Fails unless there comes to be no file of this version on the disk.</summary>
    public async Task KeepsNoFileOfAsync(int version)
    {
        string[] folders = [Path.Combine(_cache, ".staging", VersionedModel.Name, $"{version}"), Path.Combine(_cache, VersionedModel.Name, $"{version}")];
        await UntilAsync(() => Task.FromResult(!folders.Any(Directory.Exists)));
        Assert.All(folders, folder => Assert.False(Directory.Exists(folder), folder));
    }

    public void Dispose() => _process.Dispose();

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var begun = TimeProvider.System.GetTimestamp(); !await condition() && TimeProvider.System.GetElapsedTime(begun) < Patience;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }
    }

    private static List<string> Beyond(IReadOnlyList<string> before, IReadOnlyList<string> now)
    {
        // Code, and the lines of a stack trace, stay open from when they are first needed.
        var more = now.Where(file => !IsSocket(file) && Path.GetExtension(file) is not (".dll" or ".so" or ".pdb")).ToList();
        foreach (var file in before)
        {
            more.Remove(file);
        }

        var sockets = now.Count(IsSocket) - before.Count(IsSocket);
        return sockets > MoreSockets ? [.. more, $"{sockets} sockets"] : more;

        static bool IsSocket(string file) => file.StartsWith("socket:", StringComparison.Ordinal);
    }

    private async Task<IEnumerable<string>> VersionsInMemoryAsync()
    {
        var metrics = MetricsText.Parse(await Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken));
        return metrics.Of("hybrid_host_models_memory_bytes").Where(series => series.Value > 0).Select(series => series["version"]).Order();
    }
}
