using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Hybrid.LocalHost.Hosting;
using Hybrid.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(Hybrid.Functions.Tests.Hosting.ServedFunctions))]

namespace Hybrid.Functions.Tests.Hosting;

/// <summary>The functions, served on loopback over real storage and a GPU host whose answers are known.</summary>
public sealed class ServedFunctions : IAsyncLifetime
{
    public const string AcmeKey = "key-of-acme-0123456789";
    public const string OtherKey = "key-of-other-0123456789";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hybrid-functions-");
    private readonly NoErrorsLoggerProvider _errors = new();
    private ServedApp _app = null!;

    public AzuriteServer Azurite { get; private set; } = null!;

    public FakeGpuHost GpuHost { get; private set; } = null!;

    /// <summary>Words that make the embedding of a text wait, each for its task.</summary>
    public ConcurrentDictionary<string, Task> Holds { get; } = [];

    /// <summary>A client of tenant acme.</summary>
    public HttpClient Acme { get; private set; } = null!;

    public BlobContainerClient ResultBlobs => new(Azurite.ConnectionString, "results");

    public QueueClient Queue(string name) => new(Azurite.ConnectionString, name);

    public async ValueTask InitializeAsync()
    {
        Azurite = await AzuriteServer.StartAsync(CancellationToken.None);
        GpuHost = await DemoModels.StartAsync(Holds);
        _app = await ServeAsync(new()
        {
            ["AzureWebJobsStorage"] = Azurite.ConnectionString,
            ["GpuPool:Hosts:0"] = GpuHost.Address.ToString(),
            ["ApiKeys:0:Key"] = AcmeKey,
            ["ApiKeys:0:Tenant"] = "acme",
            ["ApiKeys:1:Key"] = OtherKey,
            ["ApiKeys:1:Tenant"] = "other",
        });
        Acme = Client(AcmeKey);
    }

    /// <summary>Serves the functions with settings of a test's own, on a free port, over storage in which it takes no other one's messages.</summary>
    public async Task<ServedApp> ServeAsync(Dictionary<string, string?> settings, bool mayFail = false)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection([new("AzureWebJobsStorage", Azurite.AsideConnectionString)]);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["LocalHost:Url"] = "http://127.0.0.1:0",
            ["Durable:Database"] = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.db"),
            ["AzureFunctionsJobHost:extensions:queues:maxPollingInterval"] = "00:00:00.200",
            ["AzureFunctionsJobHost:extensions:queues:visibilityTimeout"] = "00:00:00",
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(mayFail ? NullLoggerProvider.Instance : _errors);
        builder.AddLocalHost(typeof(HybridFunctions).Assembly.GetTypes(), (worker, configuration) => worker.AddHybridFunctions(configuration));
        var app = builder.Build();
        app.MapLocalHost();
        await app.StartAsync();
        return new ServedApp(app);
    }

    /// <summary>A client with that key as its bearer token, or with none.</summary>
    public HttpClient Client(string? key, Uri? address = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = address ?? _app.Address };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Acme.Dispose();
        await _app.DisposeAsync();
        await GpuHost.DisposeAsync();
        await Azurite.DisposeAsync();
        _folder.Delete(recursive: true);
        _errors.Verify();
    }
}

/// <summary>A host that serves the functions; stopped before it is thrown away, so that nothing runs on half of it.</summary>
public sealed class ServedApp(WebApplication app) : IAsyncDisposable
{
    public Uri Address { get; } = new(app.Urls.Single());

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
