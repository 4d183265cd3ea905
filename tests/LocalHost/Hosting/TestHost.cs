using Hybrid.LocalHost.Hosting;
using Hybrid.LocalHost.TestApp;
using Hybrid.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hybrid.LocalHost.Tests.Hosting;

/// <summary>A real local-host in this process: Kestrel on a free port, a database and a host.json of its own.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly NoErrorsLoggerProvider _errors;

    private TestHost(WebApplication app, DirectoryInfo folder, NoErrorsLoggerProvider errors)
    {
        App = app;
        _folder = folder;
        _errors = errors;
        Http = new HttpClient();
    }

    public const string HostJson =
        """
        {
          "version": "2.0",
          "extensions": {
            "http": { "routePrefix": "" },
            "queues": { "maxPollingInterval": "00:00:00.2", "visibilityTimeout": "00:00:00", "maxDequeueCount": 3, "messageEncoding": "none", "lease": "00:00:04" }
          }
        }
        """;

    public WebApplication App { get; }

    public HttpClient Http { get; }

    public Recorder Recorder => App.Services.GetRequiredService<Recorder>();

    /// <param name="settings">Beside the database, the address and host.json.</param>
    /// <param name="functions">Null: those of the test app.</param>
    /// <param name="expectedErrors">Event ids of errors that the test causes.</param>
    public static async Task<TestHost> StartAsync(
        Dictionary<string, string?>? settings = null, IReadOnlyList<Type>? functions = null, string hostJson = HostJson, params int[] expectedErrors)
    {
        var folder = Directory.CreateTempSubdirectory("hybrid-local-host-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "host.json"), hostJson);
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = folder.FullName });
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["AzureWebJobsScriptRoot"] = folder.FullName,
                ["LocalHost:Url"] = "http://127.0.0.1:0",
                ["Durable:Database"] = Path.Combine(folder.FullName, "data", "durable.db"),
                ["RawQueue"] = "raw",
            });
            builder.Configuration.AddInMemoryCollection(settings ?? []);
            var errors = new NoErrorsLoggerProvider(expectedErrors);
            builder.Logging.ClearProviders().AddProvider(errors);
            builder.AddLocalHost(functions ?? [typeof(HttpFunctions), typeof(DurableFunctions)], (worker, _) => TestFunctions.Configure(worker));
            var app = builder.Build();
            try
            {
                app.MapLocalHost();
                await app.StartAsync();
            }
            catch
            {
                await app.DisposeAsync();
                throw;
            }
            var host = new TestHost(app, folder, errors);
            host.Http.BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
            return host;
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        _folder.Delete(recursive: true);
        _errors.Verify();
    }
}
