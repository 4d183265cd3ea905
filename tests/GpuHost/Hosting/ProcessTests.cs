using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Hosting;

/// <summary>The program as its operator meets it.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TestFolder _repository = new();

    [Fact]
    public async Task Start_SettingsThatCannotWork_NamesAllOfThem()
    {
        using var process = HostProcess.Start("--Batching:MaxBatchTokens", "0", "--Weights:Directory", _repository.Combine("absent"), "--Host:Url", "nowhere");

        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, process.ExitCode);
        Assert.All(["MaxBatchTokens", "absent", "nowhere"], part => Assert.Contains(part, error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new string[0], "0 model sources")]
    [InlineData(new[] { "--Weights:Directory", "/", "--Weights:ConnectionString", "x" }, "2 model sources")]
    [InlineData(new[] { "--Weights:Directory", "/", "--Batching:MaxBatchTokens", "many" }, "Batching:MaxBatchTokens")]
    [InlineData(new[] { "--Weights:Directory", "/", "--Batching:MaxQueueSize", "5", "--Batching:MaxClientBatchSize", "6" }, "MaxQueueSize (5)")]
    public async Task Start_OneWrongSetting_IsNamed(string[] arguments, string expected)
    {
        using var process = HostProcess.Start(arguments);

        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, process.ExitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortZero_SaysWhereItListensAndEndsOnSigterm()
    {
        Graphs.WriteSum(_repository.Path, "sum");
        using var host = await HostProcess.ServeAsync(_repository.Path);

        await host.SignalAsync("TERM");

        Assert.Equal(0, (await host.EndAsync()).ExitCode);
    }

    public void Dispose() => _repository.Dispose();
}
