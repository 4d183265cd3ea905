using System.Runtime.InteropServices;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Tests.Execution.Optimized;

/// <summary>One product with a weight of 17 MB: large enough to be kept in an optimized form, and opened in an instant.</summary>
internal static class WideModel
{
    private const int Inputs = 1024;
    private const int Outputs = 4224;
    private const int ExternalFrom = 1024;

    /// <summary>Writes a version of it as staging leaves it, with its manifest.</summary>
    /// <param name="folder">The version's folder.</param>
    /// <param name="seed">Other seeds make other weights.</param>
    /// <param name="outputs">Fewer make a smaller model.</param>
    /// <returns>The graph's file.</returns>
    public static async Task<string> StageAsync(string folder, int seed = 1, int outputs = Outputs)
    {
        Directory.CreateDirectory(folder);
        var random = new Random(seed);
        var graph = new GraphBuilder("wide");
        var x = graph.Input("x", ElementType.Float, "n", Inputs);
        var weight = graph.Initializer("weight", Numbers(random, Inputs * outputs), Inputs, outputs);
        var bias = graph.Initializer("bias", Numbers(random, outputs), outputs);
        graph.Output("y", graph.Add(graph.MatMul(x, weight), bias), ElementType.Float, "n", outputs);
        var path = Path.Combine(folder, "model.onnx");
        await graph.Build().WriteWithExternalDataAsync(path, ExternalFrom, TestContext.Current.CancellationToken);
        Manifests.Write(folder);
        return path;
    }

    /// <summary>Writes a version whose graph is no graph.</summary>
    public static string StageBroken(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "model.onnx");
        var bytes = new byte[17 << 20];
        bytes.AsSpan().Fill(0xff);
        File.WriteAllBytes(path, bytes);
        Manifests.Write(folder);
        return path;
    }

    /// <summary>The bytes of what it computes of always the same inputs.</summary>
    public static byte[] Compute(string path)
    {
        using var engine = new OrtEngine(new InferenceSession(path), ExecutionDevice.Cpu);
        var instance = engine.CreateInstance(["y"]);
        var run = instance.Bind([3, Inputs]);
        Numbers(new Random(7), 3 * Inputs).CopyTo(MemoryMarshal.Cast<byte, float>(run.Input(0)));
        instance.Run(run, TestContext.Current.CancellationToken);
        return run.Output(0).ToArray();
    }

    /// <summary>What is kept beside a version.</summary>
    public static string[] FoldersIn(string folder) => [.. Directory.GetDirectories(Path.Combine(folder, ".optimized")).Select(path => Path.GetFileName(path))];

    public static ModelManifest Manifest(string file, char digit) => new([new ModelFile(file, 1, new string(digit, 64))]);

    private static float[] Numbers(Random random, int count)
    {
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = random.NextSingle() - 0.5f;
        }

        return numbers;
    }
}
