using System.Net;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Configuration;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Models.Configuration;

/// <summary>What a <c>config.pbtxt</c> and the priority of a request do, seen from outside.</summary>
public sealed class ConfiguredHostTests : IDisposable
{
    private const int ModelFailed = 1202;

    private readonly TestFolder _repository = new();

    public ConfiguredHostTests() => SlowModel.WriteTo(_repository);

    [Fact]
    public async Task Host_OneConfigurationIsWrong_ServesTheOthers()
    {
        Graphs.WriteSum(_repository.Path, "sum");
        WriteConfiguration("sum", "max_batch_size: -1\nname: \"total\"");
        await using var host = await TestHost.StartAsync(
            [new("Weights:Directory", _repository.Path), new("Weights:CacheDirectory", _repository.Combine(".cache"))], ModelFailed);
        await host.WaitUntilReadyAsync();

        var snapshot = host.Get<ModelsState>().Current;

        Assert.Equal([SlowModel.Name], snapshot.Serving.Keys);
        Assert.Equal(
            "version 1: config.pbtxt, line 1: max_batch_size is -1; it is a whole number from 0 to 4096. "
            + "config.pbtxt, line 2: name is \"total\"; the model's folder has this name: write \"sum\" or remove it.",
            snapshot.Failures["sum"]);
    }

    [Fact]
    public async Task Queue_OfItsOwnSize_Is429BeyondIt()
    {
        WriteConfiguration(SlowModel.Name, "dynamic_batching { default_queue_policy { max_queue_size: 1 } }");
        await using var host = await TestHost.ServeAsync(_repository.Path);
        using var leaving = new CancellationTokenSource();
        var running = OccupyAsync(host, leaving.Token);
        await IsQueuedAsync(host, 1);

        var (response, error) = await host.PostForErrorAsync(TaskRoutes.Infer, SlowModel.Body(2));

        Assert.Equal((HttpStatusCode.TooManyRequests, ErrorCode.Overloaded), (response.StatusCode, error.Code));
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Request_OfAHigherPriority_GoesFirst()
    {
        WriteConfiguration(SlowModel.Name, "dynamic_batching { priority_levels: 2 default_priority_level: 2 }");
        await using var host = await TestHost.ServeAsync(_repository.Path);
        using var leaving = new CancellationTokenSource();
        var running = OccupyAsync(host, leaving.Token);
        await IsQueuedAsync(host, 1);

        // The second takes so long that it is still running when the first one's answer is there.
        var second = host.PostAsync<InferRequest, InferReply>(TaskRoutes.Infer, SlowModel.Request(400));
        await IsQueuedAsync(host, 2);
        var first = host.SendAsync(TaskRoutes.Infer, SlowModel.Body(2), (HybridHeaders.Priority, "1"));
        await IsQueuedAsync(host, 3);
        await leaving.CancelAsync();
        using var answer = await first;

        Assert.False(second.IsCompleted);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await second;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Request_PriorityIsNoNumber_Is400()
    {
        await using var host = await TestHost.ServeAsync(_repository.Path);

        var (_, error) = await host.PostForErrorAsync(TaskRoutes.Infer, SlowModel.Body(2), (HybridHeaders.Priority, "high"));

        Assert.Equal((ErrorCode.InvalidRequest, HybridHeaders.Priority), (error.Code, error.Param));
    }

    public void Dispose() => _repository.Dispose();

    // Beside the version's folder, where Triton has it.
    private void WriteConfiguration(string model, string text) => File.WriteAllText(_repository.Combine(model, ModelConfigurations.FileName), text);

    private static Task IsQueuedAsync(TestHost host, int requests) =>
        Eventually.IsTrueAsync(() => host.Get<ModelsState>().Current.Serving[SlowModel.Name].Stable.QueueLength == requests);

    private static async Task OccupyAsync(TestHost host, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(Wire.Encode(SlowModel.Request(SlowModel.Endless)));
        await host.Client.PostAsync(TaskRoutes.Infer, content, cancellationToken);
    }
}
