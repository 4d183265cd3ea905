using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Execution.Numa;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Tests.Execution.Numa;

public sealed class NodePlacementTests
{
    private static readonly ExecutionDevice FirstGpu = new(ExecutionProvider.Cuda, 0);
    private static readonly ExecutionDevice SecondGpu = new(ExecutionProvider.Cuda, 1);

    [Fact]
    public void ProcessorsOf_TwoNodes_AreThoseOfTheGpusNode()
    {
        using var system = new FakeSystem().Node(0, "0-3,8").Node(1, "4-7").Gpu("0000:3B:00.0", "0").Gpu("0000:AF:00.0", "1");

        Assert.Equal([0, 1, 2, 3, 8], Place(system, FirstGpu));
        Assert.Equal([4, 5, 6, 7], Place(system, SecondGpu));
        Assert.Null(Place(system, ExecutionDevice.Cpu));
        Assert.Null(Place(system, new ExecutionDevice(ExecutionProvider.Cuda, 2)));
    }

    [Fact]
    public void ProcessorsOf_ProcessHasSomeOfThem_AreThose()
    {
        using var system = new FakeSystem().Node(0, "0-3").Node(1, "4-7").Gpu("0000:af:00.0", "1");

        Assert.Equal([5, 6], Place(system, FirstGpu, [0, 5, 6]));
        Assert.Null(Place(system, FirstGpu, [0, 1]));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("7")]
    [InlineData("")]
    [InlineData(null)]
    public void ProcessorsOf_NodeIsNotKnown_AreAny(string? node)
    {
        using var system = new FakeSystem().Node(0, "0-3").Node(1, "4-7").Gpu("0000:af:00.0", node);

        Assert.Null(Place(system, FirstGpu));
    }

    [Fact]
    public void ProcessorsOf_OneNodeOrNoFiles_AreAny()
    {
        using var one = new FakeSystem().Node(0, "0-7").Gpu("0000:af:00.0", "0");
        using var none = new FakeSystem();

        Assert.Null(Place(one, FirstGpu));
        Assert.Null(Place(none, FirstGpu));
    }

    [Fact]
    public void ProcessorsOf_PinToNodeIsOff_AreAny()
    {
        using var system = new FakeSystem().Node(0, "0-3").Node(1, "4-7").Gpu("0000:af:00.0", "1");

        Assert.Null(Place(system, FirstGpu, options: new ExecutionOptions { PinToNode = false }));
    }

    [Fact]
    public void TrySet_OneOfTheAllowed_IsWhatTheThreadMayUse()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are pinned on Linux only.");
        IReadOnlyList<int> before = ThreadAffinity.Allowed();
        IReadOnlyList<int> pinned = [];
        var thread = new Thread(() =>
        {
            new LaneAffinity([before[^1]]).Apply();
            pinned = ThreadAffinity.Allowed();
        });
        thread.Start();
        thread.Join();

        Assert.Equal([before[^1]], pinned);
        Assert.Equal(before, ThreadAffinity.Allowed());
    }

    private static IReadOnlyList<int>? Place(FakeSystem system, ExecutionDevice device, int[]? allowed = null, ExecutionOptions? options = null) =>
        new NodePlacement(
            new NumaTopology(system.Root),
            () => allowed ?? [.. Enumerable.Range(0, 16)],
            Options.Create(options ?? new ExecutionOptions()),
            NullLogger<NodePlacement>.Instance).ProcessorsOf(device);
}
