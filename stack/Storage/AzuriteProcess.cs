using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Hybrid.Stack.Processes;

namespace Hybrid.Stack.Storage;

/// <summary>Azure Storage's own emulator: blobs and queues in a local folder.</summary>
public sealed class AzuriteProcess
{
    private const string Account = "hybrid";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private AzuriteProcess(ChildProcess process, string connectionString)
    {
        Process = process;
        ConnectionString = connectionString;
    }

    public ChildProcess Process { get; }

    public string ConnectionString { get; }

    internal static async Task<AzuriteProcess> StartAsync(StackOptions options, Narrator narrator, CancellationToken cancellationToken)
    {
        var script = Path.Combine(options.NodeModules, "azurite", "dist", "src", "azurite.js");
        if (!File.Exists(script))
        {
            throw new StackException("Azurite is not installed: run `npm ci`, or ./hybrid, which does it.");
        }

        var ports = options.Ports;
        var (blob, queue, table) = (
            Ports.Pick(ports.Blob, "Azurite (blobs)", narrator),
            Ports.Pick(ports.Queue, "Azurite (queues)", narrator),
            Ports.Pick(ports.Table, "Azurite (tables)", narrator));

        // An account with a fresh key each start: nothing else on this machine can read the blobs by the emulator's well-known key.
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        var connectionString =
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={key};"
            + $"BlobEndpoint=http://127.0.0.1:{blob}/{Account};QueueEndpoint=http://127.0.0.1:{queue}/{Account};TableEndpoint=http://127.0.0.1:{table}/{Account};";

        var process = ChildProcess.Start(
            "azurite",
            Path.Combine(options.Data, "logs"),
            "node",
            [
                script, "--silent", "--disableTelemetry", "--skipApiVersionCheck", "--location", Path.Combine(options.Data, "azurite"),
                "--blobHost", "127.0.0.1", "--blobPort", $"{blob}", "--queueHost", "127.0.0.1", "--queuePort", $"{queue}",
                "--tableHost", "127.0.0.1", "--tablePort", $"{table}",
            ],
            [new("AZURITE_ACCOUNTS", $"{Account}:{key}")]);
        var azurite = new AzuriteProcess(process, connectionString);
        try
        {
            await process.WaitAsync(azurite.AnswersAsync, StartTimeout, cancellationToken);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }

        narrator.Report($"storage: Azurite, blobs on {blob}, queues on {queue}");
        return azurite;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = TimeSpan.FromSeconds(2) } };
        try
        {
            await new BlobServiceClient(ConnectionString, options).GetPropertiesAsync(cancellationToken);
            return true;
        }
        catch (RequestFailedException)
        {
            return false;
        }
    }
}
