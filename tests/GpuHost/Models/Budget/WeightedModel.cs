using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Onnx;

namespace Hybrid.GpuHost.Tests.Models.Budget;

/// <summary>One matrix of weights, all of them equal: as large as a test wants, and its answer says whose they are.</summary>
internal static class WeightedModel
{
    private const int Width = 32;

    /// <returns>What it counts for in a memory budget.</returns>
    public static long Write(TestFolder repository, string name, float weight, int width = Width)
    {
        var graph = new GraphBuilder(name);
        var weights = graph.Initializer("w", Enumerable.Repeat(weight, width * width).ToArray(), width, width);
        graph.Output("y", graph.MatMul(graph.Input("x", ElementType.Float, "n", width), weights), ElementType.Float, "n", width);
        var path = Path.Combine(Directory.CreateDirectory(repository.Combine(name, "1")).FullName, "model.onnx");
        File.WriteAllBytes(path, graph.Build().ToBytes());
        return new FileInfo(path).Length;
    }

    public static InferRequest Request(string name, int width = Width) =>
        new(name, 0, [Tensor.Of("x", TensorType.Fp32, [1, width], Enumerable.Repeat(1f, width).ToArray())], []);

    /// <summary>The weight that an answer was made with.</summary>
    public static float WeightOf(InferReply reply) => reply.Outputs.Single().As<float>()[0] / reply.Outputs.Single().Shape[1];

    public static async Task<float> AskAsync(TestHost host, string name) =>
        WeightOf(await host.PostAsync<InferRequest, InferReply>(TaskRoutes.Infer, Request(name)));
}
