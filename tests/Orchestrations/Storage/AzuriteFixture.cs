using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Azure;
using Azure.Storage.Blobs;

[assembly: AssemblyFixture(typeof(Hybrid.Orchestrations.Tests.Storage.AzuriteFixture))]

namespace Hybrid.Orchestrations.Tests.Storage;

/// <summary>A real Azurite, blobs only and in memory, for all tests that need storage.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    // The key that every Azurite has; public, and good for nothing but this process's memory.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private Process? _process;

    public BlobServiceClient Blobs { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var port = FreePort();
        var script = Path.Combine(Root(), "node_modules", "azurite", "dist", "src", "blob", "main.js");
        _process = Process.Start(new ProcessStartInfo(
            "node", [script, "--silent", "--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck", "--blobHost", "127.0.0.1", "--blobPort", $"{port}"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
        Blobs = new BlobServiceClient(
            $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={Key};BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;");
        await WaitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var impatient = new BlobServiceClient(Blobs.Uri, new BlobClientOptions { Retry = { MaxRetries = 0 } });
        while (true)
        {
            try
            {
                await impatient.GetPropertiesAsync(limit.Token);
                return;
            }
            catch (RequestFailedException exception) when (exception.Status != 0)
            {
                // It refuses us because we sent no key, so it answers.
                return;
            }
            catch (RequestFailedException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "host.json")) && Directory.Exists(Path.Combine(folder.FullName, "contracts")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests do not run inside the repository.");
    }
}
