using Hybrid.Testing;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>One blob service for the tests of a class, each of which has a container of its own.</summary>
public sealed class StorageFixture : IAsyncLifetime
{
    public AzuriteServer Azurite { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Azurite = await AzuriteServer.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Azurite.DisposeAsync();
}
