using Hybrid.GpuHost.Tests.Hosts;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Tests.Hosting;

/// <summary>What a host without a GPU says of settings that want one.</summary>
public sealed class ProviderTests
{
    [Theory]
    [InlineData("Cuda")]
    [InlineData("TensorRt")]
    public async Task Start_ProviderThatIsNotHere_SaysWhatToDo(string provider)
    {
        using var folder = new TestFolder();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(folder, new("Execution:Provider", provider), new("Execution:ProviderOptions:gpu_mem_limit", "1000000")));

        Assert.Contains(provider, failure.Message, StringComparison.Ordinal);
        Assert.Contains("gpu_mem_limit", failure.Message, StringComparison.Ordinal);
        Assert.Contains("set Execution:Provider to Cpu", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Execution:Provider", "Cpu", "Execution:ProviderOptions:arena_extend_strategy", "kSameAsRequested", "arena_extend_strategy")]
    [InlineData("Execution:Provider", "Cpu", "Execution:InstanceCount", "65", "InstanceCount (65)")]
    [InlineData("Execution:Provider", "Cpu", "Execution:IntraOpThreads", "1025", "IntraOpThreads (1025)")]
    public async Task Start_SettingsThatCannotWork_AreNamed(string first, string firstValue, string second, string secondValue, string named)
    {
        using var folder = new TestFolder();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(folder, new(first, firstValue), new(second, secondValue)));

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_CountThatIsNone_SaysSo()
    {
        using var folder = new TestFolder();
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(folder, new KeyValuePair<string, string?>("Execution:InstanceCount", "many")));

        Assert.Contains("InstanceCount", failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("neither a number nor 'auto'", failure.ToString(), StringComparison.Ordinal);
    }

    private static Task<TestHost> StartAsync(TestFolder folder, params KeyValuePair<string, string?>[] settings) =>
        TestHost.StartAsync([new("Weights:Directory", folder.Path), new("Weights:CacheDirectory", folder.Combine(".cache")), .. settings]);
}
