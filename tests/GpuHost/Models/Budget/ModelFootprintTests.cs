using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Onnx;

namespace Hybrid.GpuHost.Tests.Models.Budget;

public sealed class ModelFootprintTests : IDisposable
{
    private const int WeightBytes = 4000;

    private readonly TestFolder _folder = new();

    private string Graph => _folder.Combine("model.onnx");

    [Fact]
    public async Task Of_WeightsBesideTheGraph_CountsBoth()
    {
        await Model().WriteWithExternalDataAsync(Graph, threshold: 8, TestContext.Current.CancellationToken);

        Assert.InRange(new FileInfo(Graph).Length, 1, 400);
        Assert.Equal(new FileInfo(Graph).Length + WeightBytes, ModelFootprint.Of(Graph));
    }

    [Fact]
    public async Task Of_WeightsInsideTheGraph_CountsTheFile()
    {
        await Model().WriteAsync(Graph, TestContext.Current.CancellationToken);

        Assert.InRange(ModelFootprint.Of(Graph), WeightBytes, WeightBytes + 400);
    }

    [Fact]
    public async Task Of_WeightsOutsideOfTheFolder_AreNotLookedAt()
    {
        await File.WriteAllBytesAsync(_folder.Combine("model.onn"), new byte[WeightBytes], TestContext.Current.CancellationToken);
        var inside = Directory.CreateDirectory(_folder.Combine("inside", "deeper")).FullName;
        var path = Path.Combine(inside, "model.onnx");
        await Model().WriteWithExternalDataAsync(path, threshold: 8, TestContext.Current.CancellationToken);
        var graph = await File.ReadAllTextAsync(path, System.Text.Encoding.Latin1, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(path, graph.Replace("model.onnx_data", "../../model.onn", StringComparison.Ordinal), System.Text.Encoding.Latin1, TestContext.Current.CancellationToken);

        Assert.Equal(new FileInfo(path).Length, ModelFootprint.Of(path));
    }

    [Fact]
    public void Of_NoModel_CountsTheFileAndLeavesTheRefusalToTheLoad()
    {
        File.WriteAllText(Graph, "not a model at all, but long enough to look at");

        Assert.Equal(new FileInfo(Graph).Length, ModelFootprint.Of(Graph));
    }

    public void Dispose() => _folder.Dispose();

    private static OnnxModel Model()
    {
        const int length = WeightBytes / sizeof(float);
        var graph = new GraphBuilder("g");
        graph.Output("y", graph.Add(graph.Input("x", ElementType.Float, length), graph.Initializer("w", new float[length], length)), ElementType.Float, length);
        return graph.Build();
    }
}
