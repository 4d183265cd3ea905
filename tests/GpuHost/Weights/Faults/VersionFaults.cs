using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Models.Lifecycle;
using Hybrid.Onnx;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>
/// Versions of the versioned model whose number comes from a file of weights that is mapped as long as they are in memory, and what can be wrong with
/// one.
/// </summary>
internal static class VersionFaults
{
    public const int WeightsSize = 1 << 20;

    private const string Weights = "model.onnx_data";

    /// <summary>Writes a version into its folder, as its publisher would upload it.</summary>
    /// <param name="repository">Where to.</param>
    /// <param name="version">Its number, which is also what it adds.</param>
    /// <param name="fault">What is wrong with it; null: nothing.</param>
    /// <returns>Its folder.</returns>
    public static async Task<string> PublishAsync(TestFolder repository, int version, string? fault = null)
    {
        var isGolden = fault == "golden mismatch";
        var folder = VersionedModel.Publish(repository, version, golden: isGolden ? 5 : null);
        var model = Path.Combine(folder, "model.onnx");
        await Graph(version, fault).WriteWithExternalDataAsync(model, WeightsSize, TestContext.Current.CancellationToken);
        switch (fault)
        {
            case "no onnx":
                File.WriteAllText(model, "not a model");
                break;
            case "warm-up that throws":
                File.WriteAllText(
                    Path.Combine(folder, "config.pbtxt"),
                    """model_warmup { name: "three" inputs { key: "x" value { data_type: TYPE_FP32 dims: [ 3 ] random_data: true } } }""");
                break;
            case "no room in the cache":
                AddPadding(folder, 2_500_000);
                break;
        }

        VersionedModel.WriteManifest(folder, isGolden ? [new GoldenSample("1.request", "1.reply")] : null);
        Spoil(folder, fault);
        return folder;
    }

    /// <summary>Writes a file that nobody reads, for a staging that takes its time.</summary>
    public static void AddPadding(string folder, int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        File.WriteAllBytes(Path.Combine(folder, "padding.bin"), bytes);
    }

    private static OnnxModel Graph(int version, string? fault)
    {
        var graph = new GraphBuilder(VersionedModel.Name);
        var x = graph.Input("x", ElementType.Float, "n");
        var weights = new float[WeightsSize / sizeof(float)];
        Array.Fill(weights, version);

        // Row 0, which the runtime cannot know before it has x: so it has to keep all of them.
        var row = graph.Cast(graph.Mul(x, graph.Constant(0f)), ElementType.Int64);
        var y = graph.Add(x, graph.Gather(graph.Initializer("w", weights, weights.Length), row));
        y = fault switch
        {
            "unknown operator" => graph.Node("Frobnicate", [y]),

            // One value can be put together with what has four, three cannot.
            "warm-up that throws" => graph.Add(y, graph.Initializer("four", new float[4], 4)),
            _ => y,
        };
        graph.Output("y", y, ElementType.Float, fault == "warm-up that throws" ? "m" : "n");
        return graph.Build();
    }

    // What the manifest does not know.
    private static void Spoil(string folder, string? fault)
    {
        var (weights, manifest) = (Path.Combine(folder, Weights), Path.Combine(folder, ModelManifest.FileName));
        switch (fault)
        {
            case "tampered byte":
                var bytes = File.ReadAllBytes(weights);
                bytes[^1] ^= 1;
                File.WriteAllBytes(weights, bytes);
                break;
            case "truncated file":
                File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^1]);
                break;
            case "missing file":
                File.Delete(weights);
                break;
            case "manifest missing":
                File.Delete(manifest);
                break;
            case "name with ..":
                File.WriteAllText(manifest, File.ReadAllText(manifest).Replace($"\"{Weights}\"", $"\"../{Weights}\"", StringComparison.Ordinal));
                break;
        }
    }
}
