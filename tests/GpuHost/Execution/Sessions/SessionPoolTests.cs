using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Execution.Numa;
using Hybrid.GpuHost.Execution.Optimized;
using Hybrid.GpuHost.Execution.Sessions;
using Hybrid.GpuHost.Models;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Hybrid.GpuHost.Tests.Execution.Sessions;

/// <summary>Alone, because it looks at the memory of the whole process.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SessionPoolTests(ModelRepository models)
{
    private const string Name = "memory of the process";

    [Fact]
    public void Open_FurtherSession_TakesNoSecondCopyOfTheWeights()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Private memory is read from procfs.");
        const int sessions = 10;
        using var one = Open("bench-embed", count: 2);
        var before = PrivateBytes();

        using var more = Open("bench-embed", count: 2 + sessions);
        var each = (PrivateBytes() - before) / (double)(1 + sessions);

        // The pool's first session makes forms of the weights for the kernels, about 50 MB; the others find them there. By itself each would
        // take these 50 MB again. Memory that the collector gave back meanwhile only lowers the figure.
        Assert.InRange(each / (1 << 20), double.NegativeInfinity, 20);
    }

    [Fact]
    public void Open_FurtherSessionOnAnOptimizedForm_TakesAlmostNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Private memory is read from procfs.");
        const int sessions = 10;
        var folder = Directory.CreateTempSubdirectory("hybrid-optimized-");
        try
        {
            OptimizedGraph.Write(ModelFolder.FindOnnx(models.FolderOf("bench-embed")), folder.FullName);
            var path = Path.Combine(folder.FullName, OptimizedGraph.FileName);
            using var one = OpenPath(path, count: 1);
            var before = PrivateBytes();

            using var more = OpenPath(path, count: sessions);
            var each = (PrivateBytes() - before) / (double)sessions;

            // The graph, and weights of under a kilobyte. Each session here is as the first: what they share is the system's, and needs no pool.
            Assert.InRange(each / (1 << 20), double.NegativeInfinity, 10);
            using var engine = new OrtEngine(OpenPath(path, count: 2), ExecutionDevice.Cpu, new LaneAffinity(null));
            Assert.Equal(Compute(models.Open("bench-embed")), Compute(engine));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Instances_OfSeveralSessions_ComputeTheSame()
    {
        using var engine = new OrtEngine(Open("bench-embed", count: 3), ExecutionDevice.Cpu, new LaneAffinity(null));
        byte[][] outputs = [.. Enumerable.Range(0, 3).Select(_ => Compute(engine))];

        Assert.Equal(outputs[0], outputs[1]);
        Assert.Equal(outputs[0], outputs[2]);
        Assert.Equal(outputs[0], Compute(models.Open("bench-embed")));
    }

    [Fact]
    public void Dispose_FiftyTimes_LeavesMemoryAndHandlesFlat()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory and handles are read from procfs.");
        Cycle(10);
        var (memory, handles) = (PrivateBytes(), Handles());

        Cycle(50);

        // A load that is not given back is over 50 MB.
        Assert.InRange((PrivateBytes() - memory) / (1 << 20), long.MinValue, 40);
        Assert.InRange(Handles() - handles, int.MinValue, 10);

        void Cycle(int times)
        {
            for (var i = 0; i < times; i++)
            {
                using var engine = new OrtEngine(Open("bench-embed", count: 2), ExecutionDevice.Cpu, new LaneAffinity(null));
                Compute(engine);
            }
        }
    }

    [Theory]
    [InlineData("../../../etc/hi")]
    [InlineData("missing........")]
    public void Map_WeightOutsideOfTheFolderOrMissing_IsRefused(string file)
    {
        var folder = Directory.CreateTempSubdirectory("hybrid-weights-");
        try
        {
            // Of the same length, so that the rest of the message stays what it is.
            var source = File.ReadAllText(Path.Combine(models.FolderOf("bench-embed"), "model.onnx"), Encoding.Latin1);
            File.WriteAllText(Path.Combine(folder.FullName, "model.onnx"), source.Replace("model.onnx_data", file, StringComparison.Ordinal), Encoding.Latin1);

            var failure = Assert.Throws<InvalidDataException>(() => SharedWeights.Map(Path.Combine(folder.FullName, "model.onnx")));

            Assert.Contains(file, failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void AffinitiesOf_ThreeThreads_NameTheTwoThatTheRuntimeStarts() =>
        Assert.Equal("1,2,9;1,2,9", SessionSettings.AffinitiesOf([0, 1, 8], threads: 3));

    private static byte[] Compute(OrtEngine engine)
    {
        var instance = engine.CreateInstance([engine.Signature.Outputs[0].Name]);
        var run = instance.Bind([.. engine.Signature.Inputs.SelectMany(_ => new long[] { 2, 5 })]);
        for (var i = 0; i < instance.Inputs.Count; i++)
        {
            MemoryMarshal.Cast<byte, long>(run.Input(i)).Fill(1);
        }

        instance.Run(run, TestContext.Current.CancellationToken);
        return run.Output(0).ToArray();
    }

    private static long PrivateBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return File.ReadLines("/proc/self/smaps_rollup")
            .Where(line => line.StartsWith("Private_Dirty:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);
    }

    // Files, and mapped pieces of files.
    private static int Handles() =>
        Directory.GetFileSystemEntries("/proc/self/fd").Length + File.ReadLines("/proc/self/maps").Count(line => line.EndsWith("model.onnx_data", StringComparison.Ordinal));

    private SessionPool Open(string model, int count) => OpenPath(ModelFolder.FindOnnx(models.FolderOf(model)), count);

    private static SessionPool OpenPath(string path, int count)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 2 };
        return new SessionPool(path, count, options);
    }
}
