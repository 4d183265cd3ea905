using System.Diagnostics;
using System.Net;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Models.Budget;

/// <summary>A host with less memory than its models need, from outside.</summary>
public sealed class BudgetedHostTests : IDisposable
{
    private readonly TestFolder _repository = new();

    [Fact]
    public async Task Request_ForAParkedModel_LoadsItAndAnswers()
    {
        var size = WriteModels("a", "b", "c");
        await using var host = await ServeAsync(2 * size);

        for (var round = 0; round < 5; round++)
        {
            Assert.Equal(1, await WeightedModel.AskAsync(host, "a"));
            Assert.Equal(2, await WeightedModel.AskAsync(host, "b"));
            Assert.Equal(3, await WeightedModel.AskAsync(host, "c"));
            Assert.InRange(host.Get<MemoryBudget>().Held, size, 2 * size);
        }
    }

    [Fact]
    public async Task Request_ThatNeedsRoom_ParksTheLeastRecentlyUsed()
    {
        var size = WriteModels("a", "b", "c");
        await using var host = await ServeAsync(2 * size);
        await AskInTurnAsync(host, "a", "b");
        Assert.Equal(["c"], Parked(host));

        // "a" is used again: "b" has waited longest.
        await AskInTurnAsync(host, "a", "c");

        Assert.Equal(["b"], Parked(host));
    }

    [Fact]
    public async Task Requests_AtOnceForAParkedModel_AreAllAnsweredByOneLoad()
    {
        var size = WriteModels("a", "b");
        await using var host = await ServeAsync(size);
        await AskInTurnAsync(host, "b");
        using var unloads = new MeterSums(host.Get<System.Diagnostics.Metrics.IMeterFactory>(), "outcome");

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => WeightedModel.AskAsync(host, "a")));

        Assert.All(answers, answer => Assert.Equal(1, answer));
        Assert.Equal(1, unloads["hybrid.host.models.unloads"]);
        Assert.InRange(unloads["hybrid.host.models.waits loaded"], 1, 32);
    }

    [Fact]
    public async Task ParkedModel_FromOutside_IsServedLikeAnyOther()
    {
        WriteModels("a", "b");
        await using var host = await ServeAsync(new FileInfo(_repository.Combine("a", "1", "model.onnx")).Length);
        var parked = Parked(host).Single();

        var ready = await host.Client.GetAsync($"/v2/models/{parked}/ready", TestContext.Current.CancellationToken);
        var metadata = await host.Client.GetStringAsync($"/v2/models/{parked}", TestContext.Current.CancellationToken);
        var list = Wire.Decode<ModelList>(await host.Client.GetByteArrayAsync(TaskRoutes.Models, TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Contains("\"versions\":[\"1\"]", metadata, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"x\"", metadata, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], list.Models.Select(model => model.Name));

        // To be asked about does not bring it back.
        Assert.Equal([parked], Parked(host));
    }

    [Fact]
    public async Task Request_WhileAllOthersAreInUse_Is503InTimeAndTheBusyOneStays()
    {
        SlowModel.WriteTo(_repository);
        WeightedModel.Write(_repository, "a", 1);
        await using var host = await ServeAsync(new FileInfo(_repository.Combine(SlowModel.Name, "1", "model.onnx")).Length);
        using var client = new CancellationTokenSource();
        using var body = new ByteArrayContent(SlowModel.Body(SlowModel.Endless));
        var busy = host.Client.PostAsync(TaskRoutes.Infer, body, client.Token);
        await Eventually.IsTrueAsync(() => host.Get<ModelsState>().Current.Loaded.Any(model => model.Description.Id.Name == SlowModel.Name && model.QueueLength == 1));

        var begun = Stopwatch.GetTimestamp();
        var (response, error) = await host.PostForErrorAsync(TaskRoutes.Infer, Wire.Encode(WeightedModel.Request("a")), (HybridHeaders.BudgetMs, "600"));

        Assert.Equal(ErrorCode.Unavailable, error.Code);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.False(busy.IsCompleted);

        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => busy);
        Assert.Equal(1, await WeightedModel.AskAsync(host, "a"));
    }

    [Fact]
    public async Task Model_LargerThanTheBudget_IsNotServedAndTheOthersAre()
    {
        var size = WriteModels("a");
        WeightedModel.Write(_repository, "large", 9, width: 64);
        await using var host = await TestHost.StartAsync(Settings(size), expectedErrors: 1202);
        await host.WaitUntilReadyAsync();

        Assert.Equal(1, await WeightedModel.AskAsync(host, "a"));
        Assert.Contains("more than all models together may have", host.Get<ModelsState>().Current.Failures["large"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_OfAllModels_IsShownByVersionAndFallsWhenOneGoes()
    {
        var size = WriteModels("a", "b");
        await using var host = await ServeAsync(10 * size);
        using var gauges = new HostGauges(host.Get<System.Diagnostics.Metrics.IMeterFactory>());
        Assert.Equal(2 * size, gauges["hybrid.host.models.memory"]);

        host.Get<ModelsState>().Withdraw("a");

        await Eventually.IsTrueAsync(() => gauges["hybrid.host.models.memory"] == size);
    }

    public void Dispose() => _repository.Dispose();

    private static IEnumerable<string> Parked(TestHost host) => host.Get<ModelsState>().Current.Parked.Keys;

    // With a pause, so that "least recently" means something to the clock.
    private static async Task AskInTurnAsync(TestHost host, params string[] names)
    {
        foreach (var name in names)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(30), TestContext.Current.CancellationToken);
            await WeightedModel.AskAsync(host, name);
        }
    }

    // All of one size; the first answers 1, the next 2.
    private long WriteModels(params string[] names) => names.Select((name, i) => WeightedModel.Write(_repository, name, i + 1)).Max();

    private async Task<TestHost> ServeAsync(long budget)
    {
        var host = await TestHost.StartAsync(Settings(budget));
        await host.WaitUntilReadyAsync();
        return host;
    }

    private KeyValuePair<string, string?>[] Settings(long budget) =>
    [
        new("Weights:Directory", _repository.Path),
        new("Weights:CacheDirectory", _repository.Combine(".cache")),
        new("Models:MemoryBudgetBytes", $"{budget}"),
    ];
}
