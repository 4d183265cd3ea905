using Azure.Core;
using Azure.Storage.Blobs;
using Hybrid.Testing;

[assembly: AssemblyFixture(typeof(Hybrid.Orchestrations.Tests.Storage.AzuriteFixture))]

namespace Hybrid.Orchestrations.Tests.Storage;

/// <summary>One real Azurite for all tests that need storage.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteServer _azurite = null!;

    public string ConnectionString => _azurite.ConnectionString;

    public BlobServiceClient Blobs { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _azurite = await AzuriteServer.StartAsync(CancellationToken.None);
        Blobs = new BlobServiceClient(_azurite.ConnectionString);
    }

    /// <summary>A client whose requests are counted.</summary>
    internal BlobServiceClient CountedBy(CallCounter counter)
    {
        var options = new BlobClientOptions();
        options.AddPolicy(counter, HttpPipelinePosition.PerCall);
        return new BlobServiceClient(ConnectionString, options);
    }

    public ValueTask DisposeAsync() => _azurite.DisposeAsync();
}
