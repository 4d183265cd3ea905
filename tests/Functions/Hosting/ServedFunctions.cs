using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Hybrid.LocalHost.Hosting;
using Hybrid.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(Hybrid.Functions.Tests.Hosting.ServedFunctions))]

namespace Hybrid.Functions.Tests.Hosting;

/// <summary>The functions, served on loopback over real storage and a GPU host whose answers are known.</summary>
public sealed class ServedFunctions : IAsyncLifetime
{
    public const string AcmeKey = "key-of-acme-0123456789";
    public const string OtherKey = "key-of-other-0123456789";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hybrid-functions-");
    private readonly NoErrorsLoggerProvider _errors = new();
    private WebApplication _app = null!;

    public AzuriteServer Azurite { get; private set; } = null!;

    public FakeGpuHost GpuHost { get; private set; } = null!;

    /// <summary>Words that make the embedding of a text wait, each for its task.</summary>
    public ConcurrentDictionary<string, Task> Holds { get; } = [];

    public Uri Address { get; private set; } = null!;

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
        Address = new Uri(_app.Urls.Single());
        Acme = Client(AcmeKey);
    }

    /// <summary>Serves the functions with settings of a test's own, on a free port.</summary>
    public async Task<WebApplication> ServeAsync(Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["LocalHost:Url"] = "http://127.0.0.1:0",
            ["Durable:Database"] = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.db"),
            ["AzureFunctionsJobHost:extensions:queues:maxPollingInterval"] = "00:00:00.200",
            ["AzureFunctionsJobHost:extensions:queues:visibilityTimeout"] = "00:00:00",
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(_errors);
        builder.AddLocalHost(typeof(HybridFunctions).Assembly, (worker, configuration) => worker.AddHybridFunctions(configuration));
        var app = builder.Build();
        app.MapLocalHost();
        await app.StartAsync();
        return app;
    }

    /// <summary>A client with that key as its bearer token, or with none.</summary>
    public HttpClient Client(string? key, Uri? address = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = address ?? Address };
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
