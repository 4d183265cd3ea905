using System.Diagnostics;
using Hybrid.GpuHost.Encoders;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Execution.Calibration;
using Hybrid.GpuHost.Execution.Numa;
using Hybrid.GpuHost.Execution.Optimized;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tokenization;
using Hybrid.GpuHost.Weights;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Tests.Execution.Calibration;

public sealed class PlanCalibrationTests(ModelRepository models) : IDisposable
{
    private readonly TestFolder _cache = new();

    [Fact]
    public void Measure_EncoderOfSomeSize_ChoosesOneOfTheWaysInItsTime()
    {
        var calibration = Calibration(new ExecutionOptions());
        var path = ModelFolder.FindOnnx(models.FolderOf("bench-embed"));
        var candidates = PlanCandidates.All(Environment.ProcessorCount, null, null);
        Assert.Equal(candidates.Count > 1, calibration.IsNeeded(path, instances: null));
        var begin = Stopwatch.GetTimestamp();
        var plan = calibration.Measure(new ModelId("bench-embed", 1), path, instances: null, tokens: 3, (engine, rows) =>
        {
            var runner = new EmbedRunner(engine, models.Describe("bench-embed"), padTokenId: 0);
            var texts = Enumerable.Repeat(new EncodedText([5, 6, 7], [0, 0, 0], 0), rows).ToArray();
            var results = new ReadOnlyMemory<float>[rows];
            return stop =>
            {
                runner.Run(texts, results, stop);
                Array.ForEach(results, runner.Release);
            };
        });

        // Four seconds, and what opening the model takes on a busy machine.
        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Contains(plan with { BatchTokens = 0 }, candidates);
        Assert.InRange(plan.BatchTokens, 1, 64 * 3);
    }

    [Fact]
    public void IsNeeded_NothingIsOpenOrTheModelIsSmall_IsFalse()
    {
        var large = ModelFolder.FindOnnx(models.FolderOf("bench-embed"));
        var small = ModelFolder.FindOnnx(models.FolderOf("demo-embed"));
        var fixedCounts = Calibration(new ExecutionOptions { InstanceCount = 2, IntraOpThreads = 1 });

        Assert.False(fixedCounts.IsNeeded(large, instances: null));
        Assert.Equal(new ExecutionPlan(2, 1), fixedCounts.Begin(large, instances: null));
        Assert.Equal(new ExecutionPlan(3, 1), fixedCounts.Begin(large, instances: 3));
        Assert.False(Calibration(new ExecutionOptions()).IsNeeded(small, instances: null));
        Assert.Equal(new ExecutionPlan(1, Environment.ProcessorCount), Calibration(new ExecutionOptions()).Begin(small, instances: null));
    }

    public void Dispose() => _cache.Dispose();

    private PlanCalibration Calibration(ExecutionOptions options)
    {
        options.Provider = ExecutionProvider.Cpu;
        var wrapped = Options.Create(options);
        var placement = new NodePlacement(new NumaTopology(_cache.Path), () => [], wrapped, NullLogger<NodePlacement>.Instance);
        var weights = Options.Create(new WeightsOptions { CacheDirectory = _cache.Path });
        var probe = new DeviceProbe(wrapped, NullLogger<DeviceProbe>.Instance);
        var staging = new WeightsStaging(new DirectoryModelSource(_cache.Path), weights, TimeProvider.System, NullLogger<WeightsStaging>.Instance);
        var optimized = new OptimizedModels(staging, weights, wrapped, probe, TimeProvider.System, NullLogger<OptimizedModels>.Instance);
        return new PlanCalibration(
            new EngineFactory(wrapped, probe, placement, optimized),
            new PlanCache(weights),
            wrapped,
            TimeProvider.System,
            NullLogger<PlanCalibration>.Instance);
    }
}
