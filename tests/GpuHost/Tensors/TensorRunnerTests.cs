using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Tensors;
using Hybrid.GpuHost.Tests.Execution;

namespace Hybrid.GpuHost.Tests.Tensors;

public sealed class TensorRunnerTests(ModelRepository models)
{
    private readonly OrtEngine _engine = models.Open("negation");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_RequestsOfSeveralRows_EachGetsItsOwn(bool inRows)
    {
        var runner = new TensorRunner(_engine, inRows);
        float[][] rows = [[1, 2], [3, 4, 5, 6], [7, 8], [9, 10, 11]];
        TensorItem[] items = [Item(rows[0], 1), Item(rows[1], 2), Item(rows[2], 1), Item(rows[3], 1)];
        var results = new IReadOnlyList<Tensor>[items.Length];

        runner.Run(items, results, TestContext.Current.CancellationToken);

        Assert.Equal(rows, results.Select(result => Array.ConvertAll(result[0].As<float>().ToArray(), y => -y)));
        Assert.Equal([[1, 2], [2, 2], [1, 2], [1, 3]], results.Select(result => result[0].Shape.ToArray()));
        Assert.Equal(inRows ? 2 : 1, runner.SizeOf(items[1]));
        Assert.Equal(inRows ? 2 : 4, runner.LentBuffers);
        Array.ForEach(results, runner.Release);
        Assert.Equal(0, runner.LentBuffers);
    }

    [Fact]
    public void Run_RequestIsOver_LeavesItOutAndItsNeighboursWhole()
    {
        var runner = new TensorRunner(_engine, inRows: true);
        TensorItem[] items = [Item([1, 2], 1), Item([3, 4], 1), Item([5, 6], 1)];
        items[1].Dispose();
        var results = new IReadOnlyList<Tensor>[items.Length];

        runner.Run(items, results, TestContext.Current.CancellationToken);

        Assert.Equal([-1f, -2f], results[0][0].As<float>());
        Assert.Empty(results[1]);
        Assert.Equal([-5f, -6f], results[2][0].As<float>());
    }

    [Fact]
    public void Run_KnownShape_AllocatesOnlyTheTensorsOfTheAnswer()
    {
        const int runs = 100;
        var runner = new TensorRunner(_engine);
        TensorItem[] items = [Item(new float[256], 1)];
        var results = new IReadOnlyList<Tensor>[1];
        var allocated = -1L;
        var lane = new Thread(() =>
        {
            Compute(3);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Compute(runs);
            allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / runs;
        });
        lane.Start();
        lane.Join();

        Assert.InRange(allocated, 0, 200);

        void Compute(int count)
        {
            for (var i = 0; i < count; i++)
            {
                runner.Run(items, results, CancellationToken.None);
                runner.Release(results[0]);
            }
        }
    }

    private TensorItem Item(float[] values, int rows) => new(new InferRequest(
        "negation", 0, [Tensor.Of(_engine.Signature.Inputs[0].Name, TensorType.Fp32, [rows, values.Length / rows], values)], []));
}
