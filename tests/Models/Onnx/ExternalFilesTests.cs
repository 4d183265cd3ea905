using Hybrid.Onnx;

namespace Hybrid.Models.Tests.Onnx;

public sealed class ExternalFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hybrid-onnx-");

    private string Model => Path.Combine(_folder.FullName, "model.onnx");

    [Fact]
    public async Task Of_WeightsBesideTheModel_NamesTheirFileOnce()
    {
        await Weights().Build().WriteWithExternalDataAsync(Model, threshold: 8, TestContext.Current.CancellationToken);

        Assert.Equal(["model.onnx_data"], ExternalFiles.Of(Model));
        Assert.Equal(ExternalTensor.ReadAll(Model).Select(tensor => tensor.File).Distinct(), ExternalFiles.Of(Model).Order());
    }

    [Fact]
    public async Task Of_WeightsInsideTheModel_NamesNone()
    {
        await Weights().Build().WriteAsync(Model, TestContext.Current.CancellationToken);

        Assert.Empty(ExternalFiles.Of(Model));
    }

    [Fact]
    public async Task Of_LargeModel_ReadsNoWeightIntoMemory()
    {
        const int length = 4 << 20;
        var graph = new GraphBuilder("g");
        graph.Output("y", graph.Add(graph.Input("x", ElementType.Float, length), graph.Initializer("w", new float[length], length)), ElementType.Float, length);
        await graph.Build().WriteAsync(Model, TestContext.Current.CancellationToken);
        ExternalFiles.Of(Model);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Empty(ExternalFiles.Of(Model));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 10);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public async Task Of_TruncatedModel_IsRefused(double share)
    {
        await Weights().Build().WriteAsync(Model, TestContext.Current.CancellationToken);
        var bytes = await File.ReadAllBytesAsync(Model, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Model, bytes[..(int)(bytes.Length * share)], TestContext.Current.CancellationToken);

        var exception = Assert.Throws<InvalidDataException>(() => ExternalFiles.Of(Model));
        Assert.Contains("model.onnx is no readable model", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static GraphBuilder Weights()
    {
        var graph = new GraphBuilder("g");
        var x = graph.Input("x", ElementType.Float, 2);
        graph.Output("y", graph.Add(graph.Mul(x, graph.Initializer("a", new float[] { 1, 2 }, 2)), graph.Initializer("b", new float[] { 3, 4 }, 2)), ElementType.Float, 2);
        return graph;
    }
}
