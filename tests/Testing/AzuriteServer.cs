using System.Diagnostics;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;

namespace Hybrid.Testing;

/// <summary>Azure Storage's emulator on free loopback ports, with an account of its own and its data in memory.</summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    private const string Account = "tests";
    private const string AsideAccount = "aside";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private AzuriteServer(Process process, Func<string, string> connectionStringOf)
    {
        _process = process;
        ConnectionString = connectionStringOf(Account);
        AsideConnectionString = connectionStringOf(AsideAccount);
    }

    public string ConnectionString { get; }

    /// <summary>Of another account: who listens on its queues takes no messages from those who listen on the first one's.</summary>
    public string AsideConnectionString { get; }

    public static async Task<AzuriteServer> StartAsync(CancellationToken cancellationToken)
    {
        var (blob, queue, table) = (FreePort.Pick(), FreePort.Pick(), FreePort.Pick());
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Path.Combine(Repository.Root, "node_modules", "azurite", "dist", "src", "azurite.js"),
            "--silent", "--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck",
            "--blobHost", "127.0.0.1", "--blobPort", $"{blob}", "--queueHost", "127.0.0.1", "--queuePort", $"{queue}",
            "--tableHost", "127.0.0.1", "--tablePort", $"{table}",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["AZURITE_ACCOUNTS"] = $"{Account}:{key};{AsideAccount}:{key}";

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new AzuriteServer(
            process,
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

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
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
            catch (RequestFailedException) when (!_process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), timeout.Token);
            }
        }
    }
}
