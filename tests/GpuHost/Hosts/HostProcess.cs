using System.Diagnostics;
using System.Text.RegularExpressions;
using Hybrid.Contracts.Headers;

namespace Hybrid.GpuHost.Tests.Hosts;

/// <summary>The host as a process of its own, started as it is shipped.</summary>
internal sealed partial class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private Task<string> _rest = Task.FromResult("");

    private HostProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public HttpClient Client { get; private set; } = null!;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>A process that may have any settings, right or wrong.</summary>
    public static Process Start(params string[] arguments)
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

    /// <summary>Serves a repository on a free port, ready.</summary>
    public static Task<HostProcess> ServeAsync(string repository, params string[] arguments) => StartReadyAsync(["--Weights:Directory", repository, .. arguments]);

    /// <summary>On a free port, ready.</summary>
    public static async Task<HostProcess> StartReadyAsync(params string[] arguments)
    {
        var host = new HostProcess(Start(["--Host:Url", "http://127.0.0.1:0", .. arguments]));
        try
        {
            await host.ConnectAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code, and all that it wrote.</returns>
    public async Task<(int ExitCode, string Output)> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (_process.ExitCode, await _rest + await _errors);
    }

    public void Dispose()
    {
        Client?.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();

            // From then on its files are nobody's, and can be deleted.
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task ConnectAsync()
    {
        string? address = null;
        while (address is null)
        {
            var line = await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
                ?? throw new InvalidOperationException("The host ended: " + await _errors);
            address = Listening().Match(line) is { Success: true } match ? match.Groups[1].Value : null;
        }

        // Read to the end, or the host stands still when the pipe is full.
        _rest = _process.StandardOutput.ReadToEndAsync();
        Client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
        await Eventually.IsTrueAsync(async () => (await Client.GetAsync(TaskRoutes.Ready, TestContext.Current.CancellationToken)).IsSuccessStatusCode);
    }

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
