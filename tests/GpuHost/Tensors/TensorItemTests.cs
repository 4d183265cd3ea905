using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Tensors;

namespace Hybrid.GpuHost.Tests.Tensors;

public sealed class TensorItemTests
{
    private readonly InferRequest _request = new("m", 0, [], []);

    [Fact]
    public void Item_Waiting_OpensWithItsRequest()
    {
        using var item = new TensorItem(_request);

        Assert.True(item.TryOpen(out var opened));
        Assert.Same(_request, opened);
        item.Close();
    }

    [Fact]
    public void Item_WhoseRequestIsOver_StaysShut()
    {
        var item = new TensorItem(_request);
        item.Dispose();

        Assert.False(item.TryOpen(out var opened));
        Assert.Null(opened);
    }

    [Fact]
    public void Request_OverWhileItsInputsAreCopied_WaitsForTheCopy() => Parallel.For(0, 200, _ =>
    {
        // What a body's memory is: written by the next request as soon as this one is over.
        var memory = 1;
        var item = new TensorItem(_request);
        var copying = Task.Run(() =>
        {
            if (!item.TryOpen(out var _))
            {
                return true;
            }

            var whole = true;
            for (var i = 0; i < 1000; i++)
            {
                whole &= Volatile.Read(ref memory) == 1;
            }

            item.Close();
            return whole;
        });

        item.Dispose();
        Volatile.Write(ref memory, 2);

        Assert.True(copying.GetAwaiter().GetResult());
    });
}
