using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Execution.Calibration;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Weights;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Tests.Execution.Calibration;

public sealed class PlanTests
{
    [Theory]
    [InlineData(1, null, null, "1 x 1")]
    [InlineData(2, null, null, "1 x 2, 2 x 1")]
    [InlineData(6, null, null, "1 x 6, 2 x 3, 3 x 2, 6 x 1")]
    [InlineData(16, null, null, "1 x 16, 2 x 8, 8 x 2, 16 x 1")]
    [InlineData(8, 2, null, "2 x 4")]
    [InlineData(8, null, 2, "1 x 2, 2 x 2, 4 x 2")]
    [InlineData(8, null, 0, "1 x 8")]
    [InlineData(2, 4, null, "4 x 1")]
    [InlineData(2, 4, 3, "4 x 3")]
    public void All_CoresAndSettings_AreTheWaysThatAreLeft(int cores, int? instances, int? threads, string expected)
    {
        var plans = PlanCandidates.All(cores, instances, threads);

        Assert.Equal(expected, string.Join(", ", plans));
    }

    [Theory]
    [InlineData(100, 101, 1)]
    [InlineData(100, 106, 2)]
    [InlineData(100, 90, 1)]
    [InlineData(0, 10, 2)]
    [InlineData(10, 0, 1)]
    public void Best_TwoPlans_IsMoreInstancesOnlyWhereThatPays(double one, double two, int expected)
    {
        var best = MeasuredPlan.Best([new(new ExecutionPlan(2, 1), two), new(new ExecutionPlan(1, 2), one)]);

        Assert.Equal(expected, best!.Value.Plan.Instances);
    }

    [Fact]
    public void Best_NothingMeasured_IsNone() => Assert.Null(MeasuredPlan.Best([new(new ExecutionPlan(1, 2), 0)]));

    [Fact]
    public void Find_ModelOfTheSameSizesAndCandidates_IsWhatWasKept()
    {
        using var folder = new TestFolder();
        var model = folder.Combine("model.onnx");
        File.WriteAllText(model, "one");
        var cache = new PlanCache(Options.Create(new WeightsOptions { CacheDirectory = folder.Combine("cache") }));
        ExecutionPlan[] candidates = [new(1, 2), new(2, 1)];

        Assert.Null(cache.Find(model, candidates));
        cache.Keep(model, candidates, new ExecutionPlan(2, 1));

        Assert.Equal(new ExecutionPlan(2, 1), cache.Find(model, candidates));
        Assert.Null(cache.Find(model, [new(2, 1), new(4, 1)]));
        File.WriteAllText(model, "two");
        Assert.Equal(new ExecutionPlan(2, 1), cache.Find(model, candidates));
        File.WriteAllText(model, "another");
        Assert.Null(cache.Find(model, candidates));
    }

    [Fact]
    public void Find_BrokenEntry_IsNone()
    {
        using var folder = new TestFolder();
        var model = folder.Combine("model.onnx");
        File.WriteAllText(model, "one");
        var cache = new PlanCache(Options.Create(new WeightsOptions { CacheDirectory = folder.Path }));
        ExecutionPlan[] candidates = [new(1, 2)];
        cache.Keep(model, candidates, candidates[0]);
        var entry = Assert.Single(Directory.GetFiles(folder.Combine(".calibration")));

        File.WriteAllText(entry, "{");

        Assert.Null(cache.Find(model, candidates));
    }
}
