using Hybrid.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Hybrid.Models.Tests.Onnx;

public sealed class GraphBuilderTests
{
    [Fact]
    public void Build_SmallGraph_RunsInOnnxRuntime()
    {
        using var session = new InferenceSession(Affine().Build().ToBytes());

        Assert.Equal([12f, 24f], Run(session, [1, 2]));
    }

    [Fact]
    public void Build_Twice_GivesEqualBytes() => Assert.Equal(Affine().Build().ToBytes(), Affine().Build().ToBytes());

    [Fact]
    public async Task WriteWithExternalData_SmallGraph_RunsFromItsTwoFiles()
    {
        var folder = Directory.CreateTempSubdirectory("hybrid-onnx-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.onnx");
            await Affine().Build().WriteWithExternalDataAsync(path, threshold: 8, TestContext.Current.CancellationToken);

            using var session = new InferenceSession(path);

            // two weights of 8 bytes: the second begins on the next page
            Assert.Equal(4096 + 8, new FileInfo(path + "_data").Length);
            Assert.Equal([12f, 24f], Run(session, [1, 2]));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Initializer_ShapeThatHoldsMore_IsRefused()
    {
        var exception = Assert.Throws<ArgumentException>(() => new GraphBuilder("g").Initializer("w", new float[] { 1, 2, 3 }, 2, 2));

        Assert.Contains("'w' has 3 elements, but its shape [2, 2] holds 4", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_NameTwice_IsRefused()
    {
        var graph = new GraphBuilder("g");
        graph.Input("x", ElementType.Float, 1);

        Assert.Throws<ArgumentException>(() => graph.Input("x", ElementType.Float, 1));
    }

    [Fact]
    public void Node_ValueOfAnotherGraph_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new GraphBuilder("g").Neg(new Value("elsewhere")));

    private static GraphBuilder Affine()
    {
        var graph = new GraphBuilder("affine");
        var x = graph.Input("x", ElementType.Float, "batch", 2);
        var scale = graph.Initializer("scale", new float[] { 10, 10 }, 2);
        var offset = graph.Initializer("offset", new float[] { 2, 4 }, 2);
        graph.Output("y", graph.Add(graph.Mul(x, scale), offset), ElementType.Float, "batch", 2);
        return graph;
    }

    private static float[] Run(InferenceSession session, float[] x)
    {
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(x, [1, 2]))]);
        return [.. results.Single().AsEnumerable<float>()];
    }
}
