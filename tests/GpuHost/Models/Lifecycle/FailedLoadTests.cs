using System.Globalization;
using System.Net;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Models;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Onnx;

namespace Hybrid.GpuHost.Tests.Models.Lifecycle;

/// <summary>Loads that fail at each of their steps, again and again: the process keeps neither memory nor files nor threads of them.</summary>
public sealed class FailedLoadTests : IDisposable
{
    private const int Weights = 2 << 20;

    private readonly TestFolder _repository = new();

    [Fact]
    public async Task Load_FailsManyTimes_LeavesNothingBehind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process holds is read from /proc.");
        VersionedModel.Publish(_repository, 1);
        Publish("operator", graph => graph.Node("Frobnicate", [graph.Input("x", ElementType.Float, Weights)]), _ => []);
        Publish("warmup", Sum, folder =>
        {
            File.WriteAllText(
                Path.Combine(folder, "config.pbtxt"), """model_warmup { inputs { key: "x" value { data_type: TYPE_FP32 dims: 3 zero_data: true } } }""");
            return [];
        });
        Publish("golden", Sum, folder =>
        {
            var x = Tensor.Of("x", TensorType.Fp32, [Weights], new float[Weights]);
            File.WriteAllBytes(Path.Combine(folder, "1.request"), Wire.Encode(new InferRequest("golden", 1, [x], [])));
            File.WriteAllBytes(Path.Combine(folder, "1.reply"), Wire.Encode(new InferReply("golden", 1, [x with { Name = "y" }], default)));
            return [new GoldenSample("1.request", "1.reply")];
        });
        using var host = await HostProcess.ServeAsync(
            _repository.Path, "--Weights:CacheDirectory", _repository.Combine(".cache"), "--Models:PollInterval", "0");

        // By then the collector has made its room for eight megabytes at a time.
        await FailAsync(host, times: 24);
        var before = Held.By(host.Id);
        await FailAsync(host, times: 24);
        var after = Held.By(host.Id);

        // One that was left each time would be 72 sessions of 8 MB, and as many files and threads.
        Assert.InRange(after.Threads, 0, before.Threads + 4);
        Assert.InRange(after.Files, 0, before.Files + 4);
        Assert.InRange(after.Megabytes, 0, before.Megabytes + 200);
    }

    public void Dispose() => _repository.Dispose();

    private static async Task FailAsync(HostProcess host, int times)
    {
        for (var i = 0; i < times; i++)
        {
            foreach (var model in new[] { "operator", "warmup", "golden" })
            {
                using var response = await host.Client.PostAsync($"/v2/repository/models/{model}/load", null, TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
            }
        }
    }

    // x and as many ones.
    private static Value Sum(GraphBuilder graph)
    {
        var ones = new float[Weights];
        Array.Fill(ones, 1);
        return graph.Add(graph.Input("x", ElementType.Float, Weights), graph.Initializer("w", ones, Weights));
    }

    private void Publish(string name, Func<GraphBuilder, Value> build, Func<string, IReadOnlyList<GoldenSample>> add)
    {
        var folder = Directory.CreateDirectory(_repository.Combine(name, "1")).FullName;
        var graph = new GraphBuilder(name);
        graph.Output("y", build(graph), ElementType.Float, Weights);
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), graph.Build().ToBytes());
        VersionedModel.WriteManifest(folder, add(folder));
    }

    private sealed record Held(int Threads, int Files, long Megabytes)
    {
        public static Held By(int process)
        {
            var status = File.ReadLines($"/proc/{process}/status").Select(line => line.Split(':')).ToDictionary(field => field[0], field => field[1].Trim());
            return new Held(
                int.Parse(status["Threads"], CultureInfo.InvariantCulture),
                Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(),
                long.Parse(status["VmRSS"].Split(' ')[0], CultureInfo.InvariantCulture) / 1024);
        }
    }
}
