using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Execution.Optimized;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Weights;
using Hybrid.GpuHost.Weights.Cache;
using Hybrid.Onnx;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Tests.Execution.Optimized;

public sealed class OptimizedModelsTests : IDisposable
{
    private const string Digest = "0123456789abcdef";

    private readonly TestFolder _cache = new();
    private readonly RecordedLog<OptimizedModels> _log = new();

    private string Version => _cache.Combine("wide", "1", Digest);

    private string OtherVersion => _cache.Combine("other", "1", Digest);

    [Fact]
    public async Task PathFor_StagedModel_IsAFormWithThePackedWeightsThatComputesTheSame()
    {
        var model = await WideModel.StageAsync(Version);

        var path = Models().PathFor(model);

        Assert.NotEqual(model, path);
        Assert.Contains(ExternalTensor.ReadAll(path), tensor => tensor.Length >= 16 << 20 && tensor.Prepacked.Sum(range => range.Length) >= 16 << 20);
        Assert.Equal(WideModel.Compute(model), WideModel.Compute(path));
    }

    [Fact]
    public async Task PathFor_FormThatIsThere_IsUsedAsItIs()
    {
        var model = await WideModel.StageAsync(Version);
        var first = Models().PathFor(model);
        var written = File.GetLastWriteTimeUtc(first);

        var second = Models(new WeightsOptions { VerifyCache = true }).PathFor(model);

        Assert.Equal(first, second);
        Assert.Equal(written, File.GetLastWriteTimeUtc(second));
    }

    [Fact]
    public async Task PathFor_CacheIsConfiguredWithASlashAtItsEnd_FindsWhatIsStagedThere()
    {
        var model = await WideModel.StageAsync(Version);

        Assert.Equal(Models().PathFor(model), Models(cache: _cache.Path + Path.DirectorySeparatorChar).PathFor(model));
    }

    [Fact]
    public async Task PathFor_OtherBytesOfTheModel_MakesTheirFormAndForgetsTheOld()
    {
        var old = Models().PathFor(await WideModel.StageAsync(Version, seed: 1));

        var model = await WideModel.StageAsync(Version, seed: 2);
        var path = Models().PathFor(model);

        Assert.Equal(WideModel.Compute(model), WideModel.Compute(path));
        Assert.False(File.Exists(old));
        Assert.Single(WideModel.FoldersIn(Version));
    }

    [Theory]
    [InlineData("model.onnx_data", false)]
    [InlineData("model.onnx", false)]
    [InlineData("model.onnx_data", true)]
    public async Task PathFor_FormThatWasCutOffOrTampered_MakesItAnew(string file, bool tampered)
    {
        var model = await WideModel.StageAsync(Version);
        var broken = Path.Combine(Path.GetDirectoryName(Models().PathFor(model))!, file);
        using (var stream = new FileStream(broken, FileMode.Open))
        {
            if (tampered)
            {
                stream.Position = stream.Length / 2;
                stream.Write("tampered"u8);
            }
            else
            {
                stream.SetLength(stream.Length - 1);
            }
        }

        var path = Models(new WeightsOptions { VerifyCache = tampered }).PathFor(model);

        Assert.Equal(WideModel.Compute(model), WideModel.Compute(path));
    }

    [Fact]
    public async Task PathFor_WhatAKilledProcessLeft_IsCleanedAway()
    {
        var model = await WideModel.StageAsync(Version);
        Directory.CreateDirectory(Path.Combine(Version, ".optimized", "partial"));
        await File.WriteAllTextAsync(Path.Combine(Version, ".optimized", "partial", "model.onnx_data"), "half", TestContext.Current.CancellationToken);

        var path = Models().PathFor(model);

        Assert.Equal(WideModel.Compute(model), WideModel.Compute(path));
        Assert.Equal([Path.GetFileName(Path.GetDirectoryName(path)!)], WideModel.FoldersIn(Version));
    }

    [Fact]
    public async Task PathFor_WhileAnotherProcessMakesIt_IsTheModelItself()
    {
        var model = await WideModel.StageAsync(Version);
        var form = new OptimizedForm(Version, ModelManifest.Parse(await File.ReadAllBytesAsync(Path.Combine(Version, ModelManifest.FileName), TestContext.Current.CancellationToken)));
        using (form.TryLock())
        {
            Assert.Equal(model, Models().PathFor(model));
        }

        Assert.Equal(form.GraphPath, Models().PathFor(model));
    }

    [Fact]
    public void PathFor_GraphThatTheRuntimeCannotWrite_IsTheModelItselfAndNotTriedAgain()
    {
        var model = WideModel.StageBroken(Version);

        Assert.Equal(model, Models().PathFor(model));

        Assert.Empty(WideModel.FoldersIn(Version));
        var refusal = Assert.Single(Directory.GetFiles(Path.Combine(Version, ".optimized"), "*.refused"));
        File.WriteAllText(refusal, "untouched");
        Assert.Equal(model, Models().PathFor(model));
        Assert.Equal("untouched", File.ReadAllText(refusal));
    }

    [Fact]
    public async Task PathFor_SmallModelOrTurnedOffOrNotStaged_IsTheModelItself()
    {
        using var elsewhere = new TestFolder();
        var small = await WideModel.StageAsync(_cache.Combine("small", "1"), outputs: 64);
        var staged = await WideModel.StageAsync(Version);
        var lying = await WideModel.StageAsync(elsewhere.Combine("wide", "1"));

        Assert.Equal(small, Models().PathFor(small));
        Assert.Equal(staged, Models(execution: new ExecutionOptions { KeepOptimized = false }).PathFor(staged));
        Assert.Equal(lying, Models().PathFor(lying));

        Assert.Empty(Directory.GetDirectories(_cache.Path, ".optimized", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetDirectories(elsewhere.Path, ".optimized", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task PathFor_CacheIsFull_TakesTheRoomOfWhatNobodyUses()
    {
        var unused = await WideModel.StageAsync(OtherVersion);
        var model = await WideModel.StageAsync(Version);

        // The model and its form: the other one, too, would be over it.
        var path = Models(new WeightsOptions { MaxCacheBytes = 9 * Size(Version) / 2 }).PathFor(model);

        Assert.Equal(WideModel.Compute(model), WideModel.Compute(path));
        Assert.NotEqual(model, path);
        Assert.False(File.Exists(unused));
    }

    [Fact]
    public async Task PathFor_CacheIsFullOfWhatIsInUse_IsTheModelItself()
    {
        await WideModel.StageAsync(OtherVersion);
        var model = await WideModel.StageAsync(Version);
        var options = new WeightsOptions { MaxCacheBytes = 9 * Size(Version) / 2 };
        using (await FileLocks.ShareAsync(_cache.Combine(".locks", "other", "1", Digest), TimeProvider.System, TestContext.Current.CancellationToken))
        {
            Assert.Equal(model, Models(options).PathFor(model));
        }

        Assert.True(Directory.Exists(OtherVersion));
        Assert.Empty(WideModel.FoldersIn(Version));
        Assert.Contains("MaxCacheBytes", Assert.Single(_log.Lines).Text, StringComparison.Ordinal);

        // Nothing stays reserved, and nothing is noted: with room it is made.
        Assert.NotEqual(model, Models(options).PathFor(model));
    }

    [Fact]
    public async Task PathFor_DiskLacksTheRoom_IsTheModelItself()
    {
        var model = await WideModel.StageAsync(Version);

        Assert.Equal(model, Models(new WeightsOptions { MinFreeBytes = long.MaxValue / 2 }).PathFor(model));

        Assert.Empty(WideModel.FoldersIn(Version));
        Assert.Contains("disk", Assert.Single(_log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void KeyOf_ModelRuntimeOrProcessorDiffers_Differs()
    {
        string[] keys =
        [
            OptimizedForm.KeyOf(WideModel.Manifest("model.onnx", '0'), "1.29.0", "X64 1"),
            OptimizedForm.KeyOf(WideModel.Manifest("model.onnx", '1'), "1.29.0", "X64 1"),
            OptimizedForm.KeyOf(WideModel.Manifest("other.onnx", '0'), "1.29.0", "X64 1"),
            OptimizedForm.KeyOf(WideModel.Manifest("model.onnx", '0'), "1.30.0", "X64 1"),
            OptimizedForm.KeyOf(WideModel.Manifest("model.onnx", '0'), "1.29.0", "X64 2"),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], OptimizedForm.KeyOf(WideModel.Manifest("model.onnx", '0'), "1.29.0", "X64 1"));
    }

    public void Dispose() => _cache.Dispose();

    private OptimizedModels Models(WeightsOptions? weights = null, ExecutionOptions? execution = null, string? cache = null)
    {
        (weights ??= new WeightsOptions()).CacheDirectory = cache ?? _cache.Path;
        (execution ??= new ExecutionOptions()).Provider = ExecutionProvider.Cpu;
        var options = Options.Create(execution);
        var probe = new DeviceProbe(options, NullLogger<DeviceProbe>.Instance);
        var staging = new WeightsStaging(new DirectoryModelSource(_cache.Path), Options.Create(weights), TimeProvider.System, NullLogger<WeightsStaging>.Instance);
        return new OptimizedModels(staging, Options.Create(weights), options, probe, TimeProvider.System, _log);
    }

    private static long Size(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
