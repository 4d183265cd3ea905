using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Models;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Testing.Metrics;

namespace Hybrid.GpuHost.Tests.Models.Routing;

/// <summary>5,000 requests to a real host over real sockets; its model's <c>labels.json</c> says that version 1 is stable, and 2 the canary that gets 10 %.</summary>
public sealed class CanaryHostTests(ITestOutputHelper output) : IDisposable
{
    private const string Name = "product";
    private const int Requests = 5000;
    private const int Clients = 4;

    // Of a matrix of this size a product takes some 10 µs, and thousands of them tens of milliseconds.
    private const int Size = 64;

    private readonly TestFolder _repository = new();

    [Fact]
    public async Task Host_WithACanary_SendsItATenthOfFiveThousandRequests()
    {
        Graphs.WriteSlow(_repository.Path, Name, version: 2, products: 1);

        var (answers, decision) = await ServeAsync();

        Assert.Equal(Requests, answers.GetValueOrDefault(1) + answers.GetValueOrDefault(2));
        Assert.InRange(answers[2], Requests * 0.08, Requests * 0.12);
        Assert.Null(decision);
    }

    [Fact]
    public async Task Host_WithAGoodCanary_PromotesIt()
    {
        Graphs.WriteSlow(_repository.Path, Name, version: 2, products: 1);

        var (answers, decision) = await ServeAsync(new("Models:Canary:MinRequests", "100"), new("Models:Canary:MinDuration", "00:00:00"));

        Assert.Equal(Requests, answers[1] + answers[2]);
        Assert.True(answers[2] > Requests / 2);
        Assert.Equal("promoted", decision);
    }

    [Fact]
    public async Task Host_WithAFailingCanary_LosesAHandfulOfRequestsAndRollsItBack()
    {
        Graphs.WriteFailing(_repository.Path, Name, version: 2);

        var (answers, decision) = await ServeAsync();

        Assert.InRange(answers[0], 3, 3 + (2 * Clients));
        Assert.Equal(Requests, answers[0] + answers[1]);
        Assert.Equal("rolled_back", decision);
    }

    [Fact]
    public async Task Host_WithASlowCanary_RollsItBackAndLosesNone()
    {
        Graphs.WriteSlow(_repository.Path, Name, version: 2, products: 4000);

        var (answers, decision) = await ServeAsync();

        Assert.InRange(answers[2], 40, Requests / 20);
        Assert.Equal(Requests, answers[1] + answers[2]);
        Assert.Equal("rolled_back", decision);
    }

    public void Dispose() => _repository.Dispose();

    /// <returns>How many answers each version gave (0: errors), and what became of the canary.</returns>
    private async Task<(IReadOnlyDictionary<int, int> Answers, string? Decision)> ServeAsync(params KeyValuePair<string, string?>[] settings)
    {
        Graphs.WriteSlow(_repository.Path, Name, version: 1, products: 1);
        File.WriteAllBytes(_repository.Combine(Name, ModelLabels.FileName), new ModelLabels(Stable: 1, Canary: 2, CanaryPercent: 10).ToJson());
        await using var host = await TestHost.ServeAsync(_repository.Path, settings);
        using var sums = new MeterSums(host.Get<IMeterFactory>(), "decision");

        var answers = new ConcurrentDictionary<int, int>();
        var sent = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            while (Interlocked.Increment(ref sent) <= Requests)
            {
                answers.AddOrUpdate(await VersionOfAnswerAsync(host), 1, (_, count) => count + 1);
            }
        }));

        // By the names that the documentation has.
        var shown = MetricsText.Parse(await host.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Types;
        Assert.Equal("gauge", shown["hybrid_host_traffic_share"]);
        Assert.Equal("counter", shown["hybrid_host_canary_decisions_total"]);

        output.WriteLine(string.Join(", ", answers.OrderBy(answer => answer.Key).Select(answer => $"version {answer.Key}: {answer.Value}")));
        return (answers, new[] { "promoted", "rolled_back" }.SingleOrDefault(decision => sums[$"hybrid.host.canary.decisions {decision}"] == 1));
    }

    private static readonly byte[] Body = Wire.Encode(new InferRequest(Name, 0, [Tensor.Of("x", TensorType.Fp32, [Size, Size], new float[Size * Size])], []));

    private static async Task<int> VersionOfAnswerAsync(TestHost host)
    {
        using var response = await host.SendAsync(TaskRoutes.Infer, Body);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode ? Wire.Decode<InferReply>(body).Version : 0;
    }
}
