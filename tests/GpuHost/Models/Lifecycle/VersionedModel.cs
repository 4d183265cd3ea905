using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Models;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Onnx;

namespace Hybrid.GpuHost.Tests.Models.Lifecycle;

/// <summary>A model whose numbers tell the version: y = x + version, unless a test wants another number.</summary>
internal static class VersionedModel
{
    public const string Name = "versioned";

    /// <summary>Publishes a version with its manifest, and returns its folder.</summary>
    /// <param name="repository">Where to.</param>
    /// <param name="version">Its number.</param>
    /// <param name="adds">What it adds; null: its number.</param>
    /// <param name="configuration">Its <c>config.pbtxt</c>; null: none.</param>
    /// <param name="golden">What the golden reply to 0 says; null: there is none.</param>
    public static string Publish(TestFolder repository, int version, float? adds = null, string? configuration = null, float? golden = null)
    {
        var folder = Directory.CreateDirectory(repository.Combine(Name, $"{version}")).FullName;
        Array.ForEach(Directory.GetFiles(folder), File.Delete);
        var graph = new GraphBuilder(Name);
        graph.Output("y", graph.Add(graph.Input("x", ElementType.Float, "n"), graph.Constant(adds ?? version)), ElementType.Float, "n");
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), graph.Build().ToBytes());
        if (configuration is not null)
        {
            File.WriteAllText(Path.Combine(folder, "config.pbtxt"), configuration);
        }

        if (golden is { } expected)
        {
            File.WriteAllBytes(Path.Combine(folder, "1.request"), Wire.Encode(Request(0)));
            File.WriteAllBytes(Path.Combine(folder, "1.reply"), Wire.Encode(new InferReply(Name, version, [Values("y", expected)], new Timings(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero))));
        }

        WriteManifest(folder, golden is null ? null : [new GoldenSample("1.request", "1.reply")]);
        return folder;
    }

    /// <summary>Writes the manifest of what is in the folder now.</summary>
    public static void WriteManifest(string folder, IReadOnlyList<GoldenSample>? golden = null) =>
        File.WriteAllBytes(Path.Combine(folder, ModelManifest.FileName), (Manifests.Write(folder) with { Golden = golden }).ToJson());

    public static InferRequest Request(float x, int version = 0) => new(Name, version, [Values("x", x)], []);

    public static float NumberOf(InferReply reply) => Assert.Single(reply.Outputs).As<float>()[0];

    private static Tensor Values(string name, float value) => Tensor.Of(name, TensorType.Fp32, [1], new[] { value });
}
