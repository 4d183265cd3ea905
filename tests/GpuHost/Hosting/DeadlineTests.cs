using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Onnx;

namespace Hybrid.GpuHost.Tests.Hosting;

/// <summary>A real host over real sockets, and far more work than it can do before half of it is worth nothing.</summary>
public sealed class DeadlineTests(ITestOutputHelper output) : IDisposable
{
    private const string Model = "fifty";
    private const int Each = 1000;

    /// <summary>Enough to keep the device busy until the others are there: nobody who waits 5 ms is ever next.</summary>
    private const int Ahead = 20;

    private readonly TestFolder _repository = new();

    [Fact]
    public async Task Host_HalfTheRequestsHaveNoTime_ComputesNoneOfThemAndAnswersAll()
    {
        WriteModel();
        await using var host = await TestHost.ServeAsync(
            _repository.Path,
            new("Execution:IntraOpThreads", "1"), new("Execution:InstanceCount", "2"),
            new("Admission:MaxConcurrentRequests", "4000"), new("Host:MaxConnections", "4000"), new("Batching:MaxQueueSize", "4000"),
            new("Admission:Adaptive:InitialConcurrency", "4000"), new("Admission:Adaptive:MaxConcurrency", "4000"),
            new("Admission:Adaptive:LatencyFloor", "00:10:00"), new("Admission:Adaptive:SlowEvaluations", "100"),
            new("Admission:Adaptive:EvaluationInterval", "00:00:10"));
        using var sums = new MeterSums(host.Get<IMeterFactory>(), "model");
        using var client = new HttpClient { BaseAddress = host.Client.BaseAddress, Timeout = TimeSpan.FromMinutes(9) };
        var answers = new ConcurrentDictionary<(string Budget, HttpStatusCode Status), int>();

        var requests = Enumerable.Range(0, Ahead).Select(_ => RequestAsync("540000")).ToList();
        await Eventually.IsTrueAsync(() => host.Get<ModelsState>().Current.Serving[Model].Stable.QueueLength == Ahead);
        for (var i = 0; i < Each; i++)
        {
            requests.Add(RequestAsync("5"));
            if (i >= Ahead)
            {
                requests.Add(RequestAsync("540000"));
            }
        }

        await Task.WhenAll(requests);

        output.WriteLine(string.Join(", ", answers));
        Assert.Equal(Each, answers[("5", HttpStatusCode.GatewayTimeout)]);
        Assert.Equal(Each, answers[("540000", HttpStatusCode.OK)]);
        Assert.Equal(2, answers.Count);

        // Who reached the device, and how often it ran: as often as somebody had time.
        Assert.Equal(Each, sums["hybrid.host.queue.duration"]);
        Assert.Equal(Each, sums["hybrid.host.compute.duration"]);
        Assert.Equal(0, host.Get<ModelsState>().Current.Serving[Model].Stable.QueueLength);

        async Task RequestAsync(string budget)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, TaskRoutes.Infer) { Content = new ByteArrayContent(Body()) };
            request.Headers.Add(HybridHeaders.BudgetMs, budget);
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                Assert.Equal(ErrorCode.DeadlineExceeded, Wire.Decode<Error>(body).Code);
            }

            answers.AddOrUpdate((budget, response.StatusCode), 1, (_, count) => count + 1);
        }
    }

    public void Dispose() => _repository.Dispose();

    private static byte[] Body() => Wire.Encode(new InferRequest(Model, 0, [Tensor.Of("x", TensorType.Fp32, [1], new float[1])], []));

    // Some 50 ms of one core for a request of four bytes: 400 products of a matrix that depends on them.
    private void WriteModel()
    {
        const int size = 188;
        var graph = new GraphBuilder(Model);
        var x = graph.Input("x", ElementType.Float, 1);
        var matrix = graph.Node("Mul", [graph.Initializer("m", new float[size * size], size, size), x]);
        var y = matrix;
        for (var i = 0; i < 400; i++)
        {
            y = graph.MatMul(y, matrix);
        }

        graph.Output("y", graph.Node("ReduceMax", [y]), ElementType.Float, 1, 1);
        var folder = _repository.Combine(Model, 1.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), graph.Build().ToBytes());
    }
}
