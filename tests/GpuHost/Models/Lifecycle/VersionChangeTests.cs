using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Codec;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Lifecycle;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Models.Lifecycle;

/// <summary>Versions come and go in the repository while a host serves them.</summary>
public sealed class VersionChangeTests : IDisposable
{
    private readonly TestFolder _repository = new();

    public VersionChangeTests() => VersionedModel.Publish(_repository, 1);

    [Fact]
    public async Task Poll_NewVersion_IsServedInPlaceOfTheOld()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        VersionedModel.Publish(_repository, 2);

        await host.PollAsync();

        var reply = await host.AskAsync();
        Assert.Equal((2, 2f), (reply.Version, VersionedModel.NumberOf(reply)));
        Assert.Equal(("READY", ""), (await host.IndexAsync())[2]);
        Assert.Equal("not served by the version policy latest", (await host.IndexAsync())[1].Reason);
    }

    [Fact]
    public async Task Poll_NewVersionsUnderLoad_NoRequestFailsAndEveryNumberIsItsVersions()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var versions = new SortedSet<int>();
            while (!stop.IsCancellationRequested)
            {
                var reply = await host.AskAsync();
                Assert.Equal(reply.Version, VersionedModel.NumberOf(reply));
                versions.Add(reply.Version);
            }

            return versions;
        })).ToArray();

        for (var version = 2; version <= 10; version++)
        {
            VersionedModel.Publish(_repository, version);
            await host.PollAsync();
            await Eventually.IsTrueAsync(async () => (await host.AskAsync()).Version == version);
        }

        await stop.CancelAsync();
        var seen = await Task.WhenAll(clients);
        Assert.Contains(10, seen.SelectMany(versions => versions));
    }

    [Fact]
    public async Task Poll_TheSameAgain_LoadsNothing()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        var before = Served(host).Versions[1];

        await host.PollAsync();

        Assert.Same(before, Served(host).Versions[1]);
    }

    [Fact]
    public async Task Poll_VersionPublishedAnew_ServesItsNewContent()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        VersionedModel.Publish(_repository, 1, adds: 100);

        await host.PollAsync();

        var reply = await host.AskAsync();
        Assert.Equal((1, 100f), (reply.Version, VersionedModel.NumberOf(reply)));
    }

    [Fact]
    public async Task Poll_VersionTakenAway_ServesTheOneBelow()
    {
        var second = VersionedModel.Publish(_repository, 2);
        await using var host = await LifecycleHost.ServeAsync(_repository);
        Directory.Delete(second, recursive: true);

        await host.PollAsync();

        Assert.Equal(1, (await host.AskAsync()).Version);
        await Eventually.IsTrueAsync(async () => !Served(host).Versions.ContainsKey(2) && (await host.IndexAsync())[1].State == "READY");
    }

    [Fact]
    public async Task Poll_ModelTakenAway_IsNotFound()
    {
        Graphs.WriteNegation(_repository.Path, "other");
        await using var host = await LifecycleHost.ServeAsync(_repository);
        Directory.Delete(_repository.Combine(VersionedModel.Name), recursive: true);

        await host.PollAsync();

        var (_, error) = await host.Host.PostForErrorAsync(TaskRoutes.Infer, Wire.Encode(VersionedModel.Request(0)));
        Assert.Equal(ErrorCode.ModelNotFound, error.Code);
    }

    [Theory]
    [InlineData("all", new[] { 1, 2, 3 })]
    [InlineData("latest:2", new[] { 2, 3 })]
    [InlineData("specific:1,3", new[] { 1, 3 })]
    public async Task Policy_OfTheHost_SaysWhichVersionsAnswer(string policy, int[] expected)
    {
        VersionedModel.Publish(_repository, 2);
        VersionedModel.Publish(_repository, 3);
        await using var host = await LifecycleHost.ServeAsync(_repository, ("Models:VersionPolicy", policy));

        Assert.Equal(expected, Served(host).Versions.Keys);
        Assert.Equal(3, (await host.AskAsync()).Version);
        foreach (var version in expected)
        {
            Assert.Equal(version, VersionedModel.NumberOf(await host.AskAsync(version)));
        }
    }

    [Fact]
    public async Task Policy_OfTheHighestVersionsConfiguration_GoesBeforeTheHosts()
    {
        VersionedModel.Publish(_repository, 2, configuration: "version_policy { latest { num_versions: 2 } }");
        await using var host = await LifecycleHost.ServeAsync(_repository, ("Models:VersionPolicy", "specific:1"));
        Assert.Equal([1, 2], Served(host).Versions.Keys);
        VersionedModel.Publish(_repository, 3, configuration: "version_policy { specific { versions: [ 1, 3 ] } }");

        await host.PollAsync();

        Assert.Equal([1, 3], Served(host).Versions.Keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Policy_BesideTheVersions_IsFollowedWithoutANewVersion(bool hasManifests)
    {
        VersionedModel.Publish(_repository, 2);
        if (!hasManifests)
        {
            Array.ForEach(Directory.GetFiles(_repository.Path, "manifest.json", SearchOption.AllDirectories), File.Delete);
        }

        var path = _repository.Combine(VersionedModel.Name, "config.pbtxt");
        File.WriteAllText(path, "version_policy { all { } }");
        await using var host = await LifecycleHost.ServeAsync(_repository);
        Assert.Equal([1, 2], Served(host).Versions.Keys);
        File.WriteAllText(path, "version_policy { specific { versions: 1 } }");

        await host.PollAsync();

        Assert.Equal([1], Served(host).Versions.Keys);
    }

    [Fact]
    public async Task Label_StableBelowTheHighest_KeepsItInMemoryAndAnswering()
    {
        File.WriteAllText(_repository.Combine(VersionedModel.Name, "labels.json"), """{"stable": 1}""");
        await using var host = await LifecycleHost.ServeAsync(_repository);
        VersionedModel.Publish(_repository, 2);

        await host.PollAsync();

        Assert.Equal([1, 2], Served(host).Versions.Keys);
        Assert.Equal(1, (await host.AskAsync()).Version);
        File.WriteAllText(_repository.Combine(VersionedModel.Name, "labels.json"), """{"stable": 2}""");
        await host.PollAsync();
        Assert.Equal(2, (await host.AskAsync()).Version);
        Assert.Equal([2], Served(host).Versions.Keys);
    }

    [Fact]
    public async Task Label_ThatCannotBeRead_ChangesNothing()
    {
        VersionedModel.Publish(_repository, 2);
        File.WriteAllText(_repository.Combine(VersionedModel.Name, "labels.json"), """{"stable": 1}""");
        await using var host = await LifecycleHost.ServeAsync(_repository);
        File.WriteAllText(_repository.Combine(VersionedModel.Name, "labels.json"), """{"stable": -1""");

        await host.PollAsync();

        Assert.Equal(1, (await host.AskAsync()).Version);
    }

    [Fact]
    public async Task Load_AskedForByMany_IsOne()
    {
        VersionedModel.Publish(_repository, 2);
        await using var host = await LifecycleHost.ServeAsync(_repository);
        var lifecycle = host.Host.Get<ModelLifecycle>();
        await lifecycle.UnloadAsync(new ModelId(VersionedModel.Name, 2));
        using var loads = new MeterSums(host.Host.Get<System.Diagnostics.Metrics.IMeterFactory>(), "outcome");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            Task.Run(() => lifecycle.LoadAsync(new ModelId(VersionedModel.Name, 2), TestContext.Current.CancellationToken))));

        Assert.Equal(1, loads["hybrid.host.model.load.duration"]);
        Assert.Equal(2, (await host.AskAsync()).Version);
    }

    public void Dispose() => _repository.Dispose();

    private static Hybrid.GpuHost.Models.Routing.ServedModel Served(LifecycleHost host) => host.Host.Get<ModelsState>().Current.Serving[VersionedModel.Name];
}
