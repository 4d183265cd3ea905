using System.Diagnostics.Metrics;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Models.Lifecycle;

/// <summary>
/// A new version that cannot be served: the old one goes on, the index says why the new one does not, and nobody tries it again before its publisher
/// has changed it. (Under requests, and from a blob service: the fault table.)
/// </summary>
public sealed class BrokenVersionTests : IDisposable
{
    private readonly TestFolder _repository = new();

    public BrokenVersionTests() => VersionedModel.Publish(_repository, 1);

    [Fact]
    public Task Version_IsNoOnnx_IsNotServed() => IsNotServedAsync(
        folder => File.WriteAllText(Path.Combine(folder, "model.onnx"), "not a model"), "model.onnx cannot be loaded");

    [Fact]
    public Task Version_HasNoGraph_IsNotServed() => IsNotServedAsync(folder => File.Move(Path.Combine(folder, "model.onnx"), Path.Combine(folder, "graph.onnx")), "none of model.onnx");

    [Fact]
    public Task Version_CannotBeConfigured_IsNotServed() => IsNotServedAsync(
        folder => File.WriteAllText(Path.Combine(folder, "config.pbtxt"), "max_batch_size: many"), "config.pbtxt, line 1: max_batch_size is many");

    [Fact]
    public Task Version_WarmUpDoesNotFit_IsNotServed() => IsNotServedAsync(
        folder => File.WriteAllText(
            Path.Combine(folder, "config.pbtxt"),
            """model_warmup [{ name: "first" inputs { key: "z" value { data_type: TYPE_FP32 dims: [ 4 ] zero_data: true } } }]"""),
        "model_warmup 'first' fails: The model has no input 'z'");

    [Fact]
    public async Task Version_GoldenAnswerIsRight_IsServed()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        VersionedModel.Publish(_repository, 2, golden: 2.0005f);

        await host.PollAsync();

        Assert.Equal(2, (await host.AskAsync()).Version);
    }

    [Fact]
    public async Task Version_WarmUpFits_IsServed()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        var folder = VersionedModel.Publish(_repository, 2, configuration: """
            max_batch_size: 8
            model_warmup [
              { name: "zeros" batch_size: 8 count: 3 inputs { key: "x" value { data_type: TYPE_FP32 zero_data: true } } },
              { name: "file" batch_size: 2 inputs: [ { key: "x" value: { data_type: TYPE_FP32 input_data_file: "two.bin" } } ] }
            ]
            """);
        Directory.CreateDirectory(Path.Combine(folder, "warmup"));
        File.WriteAllBytes(Path.Combine(folder, "warmup", "two.bin"), new byte[8]);
        VersionedModel.WriteManifest(folder);

        await host.PollAsync();

        Assert.Equal(("READY", ""), (await host.IndexAsync())[2]);
    }

    [Fact]
    public async Task Version_PublishedAnewAndBroken_OldContentGoesOn()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        File.WriteAllText(_repository.Combine(VersionedModel.Name, "1", "model.onnx"), "not a model");
        VersionedModel.WriteManifest(_repository.Combine(VersionedModel.Name, "1"));

        await host.PollAsync();

        Assert.Equal(1, VersionedModel.NumberOf(await host.AskAsync()));
        var (state, reason) = (await host.IndexAsync())[1];
        Assert.Equal("READY", state);
        Assert.Contains("cannot be loaded", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_FailureMayPass_IsTriedAgainUntilItServes()
    {
        await using var host = await LifecycleHost.ServeAsync(
            _repository, ("Models:RetryDelay", "00:00:00.1"), ("Models:MaxRetryDelay", "00:00:00.2"));
        var folder = VersionedModel.Publish(_repository, 2);
        using (new FileStream(Path.Combine(folder, "model.onnx"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            // By word of its publisher, so that the host's own watch runs and comes again.
            using var accepted = await host.PostAsync("/v2/repository/events");
            await Eventually.IsTrueAsync(async () => (await host.IndexAsync()).TryGetValue(2, out var entry) && entry.Reason.Length > 0);
            Assert.Equal(1, (await host.AskAsync()).Version);
        }

        await Eventually.IsTrueAsync(async () => (await host.AskAsync()).Version == 2);
    }

    [Fact]
    public async Task Transition_ResourcePreserving_BringsTheOldOneBackWhenTheNewOneFails()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository, ("Models:TransitionPolicy", "ResourcePreserving"));
        var before = host.Host.Get<ModelsState>().Current.Serving[VersionedModel.Name].Stable;
        VersionedModel.Publish(_repository, 2, golden: 7);

        await host.PollAsync();

        var after = host.Host.Get<ModelsState>().Current.Serving[VersionedModel.Name].Stable;
        Assert.Equal(1, VersionedModel.NumberOf(await host.AskAsync()));
        Assert.NotSame(before, after);
        Assert.False(before.TryLease(out _));
    }

    [Fact]
    public async Task Transition_ResourcePreserving_ServesTheNewOne()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository, ("Models:TransitionPolicy", "ResourcePreserving"));
        VersionedModel.Publish(_repository, 2);

        await host.PollAsync();

        Assert.Equal(2, VersionedModel.NumberOf(await host.AskAsync()));
    }

    public void Dispose() => _repository.Dispose();

    private async Task IsNotServedAsync(Action<string> breakIt, string why)
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        var old = host.Host.Get<ModelsState>().Current.Serving[VersionedModel.Name].Stable;
        var folder = VersionedModel.Publish(_repository, 2);
        breakIt(folder);
        VersionedModel.WriteManifest(folder);

        await host.PollAsync();

        Assert.Equal(1, VersionedModel.NumberOf(await host.AskAsync()));
        Assert.Same(old, host.Host.Get<ModelsState>().Current.Serving[VersionedModel.Name].Stable);
        var (state, reason) = (await host.IndexAsync())[2];
        Assert.Equal("UNAVAILABLE", state);
        Assert.Contains(why, reason, StringComparison.Ordinal);

        // Mended behind its manifest's back it is not looked at again.
        using var loads = new MeterSums(host.Host.Get<IMeterFactory>(), "outcome");
        var manifest = Path.Combine(folder, ModelManifest.FileName);
        var (content, written) = (File.ReadAllBytes(manifest), File.GetLastWriteTimeUtc(manifest));
        VersionedModel.Publish(_repository, 2);
        var mended = File.ReadAllBytes(manifest);
        File.WriteAllBytes(manifest, content);
        File.SetLastWriteTimeUtc(manifest, written);
        await host.PollAsync();
        Assert.Equal(0, loads["hybrid.host.model.load.duration"]);

        File.WriteAllBytes(manifest, mended);
        await host.PollAsync();
        Assert.Equal(2, VersionedModel.NumberOf(await host.AskAsync()));
    }
}
