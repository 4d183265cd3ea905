using Hybrid.EndToEnd.Tests.Stacks;
using Hybrid.Stack.Calls;

namespace Hybrid.EndToEnd.Tests.Metrics;

/// <summary>A stack for the tests of metrics alone, so that nobody else's requests are counted: with the caches on, and a key for the metrics.</summary>
public sealed class MeteredStack : IAsyncLifetime
{
    public const string MetricsKey = "key-of-the-scraper-0123456789";

    private readonly TestFolder _folder = new();

    public LocalStack Stack { get; private set; } = null!;

    public ApiCalls Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = _folder.Options with { Settings = new Dictionary<string, string> { ["Metrics__Key"] = MetricsKey } };
        var narrator = new Narrator(Console.Error);
        Stack = await LocalStack.StartAsync(options, narrator, CancellationToken.None);
        Api = new ApiCalls(Stack.LocalHost.Url, Stack.ApiKey);
        await Handbook.IndexAsync(Api, narrator, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Stack.DisposeAsync();
        var errors = _folder.ErrorLines().ToArray();
        _folder.Dispose();
        Assert.Empty(errors);
    }
}

[CollectionDefinition(nameof(MeteredStack))]
public sealed class MeteredStackDefinition : ICollectionFixture<MeteredStack>;
