using Hybrid.Testing;

namespace Hybrid.Stack.Tests.Publishing;

/// <summary>One blob service for all tests that empty it first.</summary>
public sealed class SharedAzurite : IAsyncLifetime
{
    private AzuriteServer _server = null!;

    public string ConnectionString => _server.ConnectionString;

    /// <summary>Another account of it, for tests that run beside.</summary>
    public string AsideConnectionString => _server.AsideConnectionString;

    public async ValueTask InitializeAsync() => _server = await AzuriteServer.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
