using System.Diagnostics;
using System.Runtime.InteropServices;
using Hybrid.GpuHost.Encoders;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Execution.Binding;
using Hybrid.GpuHost.Execution.Leases;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Execution;

public sealed class OrtInstanceTests(ModelRepository models)
{
    [Fact]
    public void Run_KnownShapes_AllocatesNothing()
    {
        const int batches = 50;
        var runner = new EmbedRunner(models.Open("demo-embed"), models.Describe("demo-embed"), padTokenId: 0);
        EncodedText[] texts = [.. Enumerable.Range(3, 8).Select(length => new EncodedText([.. Enumerable.Repeat(7, length)], new int[length], 0))];
        var results = new ReadOnlyMemory<float>[texts.Length];
        using var stop = new CancellationTokenSource();

        // The lane's thread is one of its own, so nothing else is counted.
        var allocated = -1L;
        var lane = new Thread(() =>
        {
            Compute(5);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Compute(batches);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        lane.Start();
        lane.Join();

        Assert.Equal(0, allocated);

        void Compute(int count)
        {
            for (var i = 0; i < count; i++)
            {
                // Batches of three sizes, in turn.
                var size = texts.Length - (i % 3);
                runner.Run(texts.AsSpan(0, size), results.AsSpan(0, size), stop.Token);
                for (var j = 0; j < size; j++)
                {
                    runner.Release(results[j]);
                }
            }
        }
    }

    [Fact]
    public void Run_OutputIsNotAsLongAsTheGraphSays_IsWhatTheModelGives()
    {
        var instance = models.Open("lying").CreateInstance(["y"]);

        Assert.Equal([1f, 2f], Compute(instance, [1, 0, 2]));
        Assert.Equal([3f], Compute(instance, [0, 3, 0]));
        Assert.Equal([4f, 5f], Compute(instance, [4, 5]));
    }

    [Fact]
    public void Bind_LargerThanBefore_KeepsNothingOfTheSmaller()
    {
        var instance = models.Open("lying").CreateInstance(["y"]);
        float[] large = [.. Enumerable.Range(1, 20_000).Select(i => (float)i)];

        Assert.Equal([1f, 2f], Compute(instance, [1, 2]));
        Assert.Equal(large, Compute(instance, large));
        Assert.Equal([3f, 4f], Compute(instance, [3, 4]));
    }

    [Fact]
    public async Task Run_TokenIsCancelled_EndsAtOnceAndTheNextRunIsWhole()
    {
        using var engine = models.OpenAnew("slow");
        var instance = engine.CreateInstance(["y"]);
        using var stop = new CancellationTokenSource();
        var large = instance.Bind([1000, 1000]);
        var began = Stopwatch.GetTimestamp();
        var run = Task.Run(() => instance.Run(large, stop.Token), TestContext.Current.CancellationToken);

        stop.CancelAfter(20);
        await Assert.ThrowsAsync<OperationCanceledException>(() => run);
        var stopped = Stopwatch.GetElapsedTime(began);

        var small = instance.Bind([2, 2]);
        small.Input(0).Clear();
        instance.Run(small, TestContext.Current.CancellationToken);
        Assert.Equal([0f, 0f, 0f, 0f], MemoryMarshal.Cast<byte, float>(small.Output(0)));

        // The whole run takes about 400 matrix products of 1000 x 1000: over ten seconds.
        Assert.InRange(stopped, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void Run_ManySmallOnesAfterALargeOne_StayRight()
    {
        var instance = models.Open("lying").CreateInstance(["y"]);
        float[] large = [.. Enumerable.Range(1, 1_000_000).Select(i => (float)i)];
        Compute(instance, large);

        for (var i = 0; i < 2 * PeakMemory.Patience; i++)
        {
            Assert.Equal([i + 1f, 2f], Compute(instance, [i + 1, 2]));
        }

        Assert.Equal(large, Compute(instance, large));
    }

    [Fact]
    public void Return_LastPart_MakesTheBufferFreeForTheNextBatch()
    {
        var pool = new LeasePool<float>();
        var first = pool.Rent(10, parts: 2);
        var (a, b) = (first.Memory[..5], first.Memory[5..10]);

        LeasedMemory.Return<float>(a);
        Assert.NotSame(first, pool.Rent(10, parts: 1));
        LeasedMemory.Return<float>(b);

        Assert.Same(first, pool.Rent(10, parts: 1));
        Assert.Equal(2, pool.Lent);
    }

    [Fact]
    public void Return_MemoryOfSomebodyElse_IsLeftAlone() => LeasedMemory.Return<float>(new float[3]);

    private static float[] Compute(IEngineInstance instance, float[] x)
    {
        var run = instance.Bind([x.Length]);
        MemoryMarshal.AsBytes<float>(x).CopyTo(run.Input(0));
        instance.Run(run, TestContext.Current.CancellationToken);
        Assert.Equal(run.Output(0).Length / sizeof(float), run.OutputShape(0).Single());
        return MemoryMarshal.Cast<byte, float>(run.Output(0)).ToArray();
    }
}
