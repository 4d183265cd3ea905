using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;

namespace Hybrid.Testing;

/// <summary>Azure Storage's emulator on free loopback ports, with an account of its own, and its data in memory unless it is to survive the process.</summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    private const string Account = "tests";
    private const string AsideAccount = "aside";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private readonly ProcessStartInfo _start;
    private readonly ConcurrentQueue<string> _errors = [];
    private Process _process;

    private AzuriteServer(ProcessStartInfo start, Func<string, string> connectionStringOf)
    {
        (_start, _process) = (start, Run(start));
        ConnectionString = connectionStringOf(Account);
        AsideConnectionString = connectionStringOf(AsideAccount);
    }

    public string ConnectionString { get; }

    /// <summary>Of another account: who listens on its queues takes no messages from those who listen on the first one's.</summary>
    public string AsideConnectionString { get; }

    public static Task<AzuriteServer> StartAsync(CancellationToken cancellationToken) => StartAsync(folder: null, cancellationToken);

    /// <param name="folder">Where its data lies, so that it can be stopped and started again; null: in memory.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<AzuriteServer> StartAsync(string? folder, CancellationToken cancellationToken)
    {
        var (blob, queue, table) = (FreePort.Pick(), FreePort.Pick(), FreePort.Pick());
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Path.Combine(Repository.Root, "node_modules", "azurite", "dist", "src", "azurite.js"),
            "--silent", "--disableTelemetry", "--skipApiVersionCheck", .. folder is null ? ["--inMemoryPersistence"] : new[] { "--location", folder },
            "--blobHost", "127.0.0.1", "--blobPort", $"{blob}", "--queueHost", "127.0.0.1", "--queuePort", $"{queue}",
            "--tableHost", "127.0.0.1", "--tablePort", $"{table}",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["AZURITE_ACCOUNTS"] = $"{Account}:{key};{AsideAccount}:{key}";

        var server = new AzuriteServer(
            start,
            account => $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key};BlobEndpoint=http://127.0.0.1:{blob}/{account};"
                + $"QueueEndpoint=http://127.0.0.1:{queue}/{account};TableEndpoint=http://127.0.0.1:{table}/{account};");
        try
        {
            await server.WaitUntilReadyAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the process, which writes first what it has not written yet. Nobody listens on its ports from then on.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StopTimeout);
        await _process.WaitForExitAsync(timeout.Token);
    }

    /// <summary>As it was when it was stopped, and on the same ports.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        _process.Dispose();
        _process = Run(_start);
        await WaitUntilReadyAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private Process Run(ProcessStartInfo start)
    {
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var client = new BlobServiceClient(ConnectionString, new BlobClientOptions { Retry = { MaxRetries = 0 } });
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTimeout);
        while (true)
        {
            try
            {
                await client.GetPropertiesAsync(timeout.Token);
                return;
            }
            catch (RequestFailedException exception)
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException("Azurite ended: " + string.Join("\n", _errors), exception);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), timeout.Token);
            }
        }
    }
}
