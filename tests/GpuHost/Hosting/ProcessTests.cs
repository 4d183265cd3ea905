using System.Diagnostics;
using System.Text.RegularExpressions;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Hosting;

/// <summary>The program as its operator meets it.</summary>
public sealed partial class ProcessTests : IDisposable
{
    private readonly TestFolder _repository = new();

    [Fact]
    public async Task Start_SettingsThatCannotWork_NamesAllOfThem()
    {
        using var process = Start("--Batching:MaxBatchTokens", "0", "--Weights:Directory", _repository.Combine("absent"), "--Host:Url", "nowhere");

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
        using var process = Start(arguments);

        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, process.ExitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortZero_SaysWhereItListensAndEndsOnSigterm()
    {
        Graphs.WriteSum(_repository.Path, "sum");
        using var process = Start("--Host:Url", "http://127.0.0.1:0", "--Weights:Directory", _repository.Path);
        string? address = null;
        while (address is null && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            address = Listening().Match(line) is { Success: true } match ? match.Groups[1].Value : null;
        }

        using var client = new HttpClient { BaseAddress = new Uri(address!) };
        await Eventually.IsTrueAsync(async () => (await client.GetAsync("/v2/health/ready", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
    }

    public void Dispose() => _repository.Dispose();

    private static Process Start(params string[] arguments)
    {
        // The host's own output folder, not the test's: what is started is what is shipped.
        var folder = AppContext.BaseDirectory.Replace("Hybrid.GpuHost.Tests", "Hybrid.GpuHost", StringComparison.Ordinal);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "Hybrid.GpuHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
