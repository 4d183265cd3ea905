using System.Diagnostics.Metrics;
using System.Net;
using Hybrid.Telemetry.Exposition;
using Hybrid.Telemetry.Http;
using Hybrid.Testing.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// A process has one set of meters' listeners: what one server counts, another one beside it would show, too.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Hybrid.Telemetry.Tests;

/// <summary>A small server with the metrics of a real one, on a free loopback port.</summary>
internal sealed class MeteredServer : IAsyncDisposable
{
    /// <summary>Whoever sends it is taken for a caller from that address.</summary>
    public const string CallerHeader = "test-caller";

    private const string MeterName = "Test";

    private readonly WebApplication _app;

    private MeteredServer(WebApplication app)
    {
        _app = app;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public static async Task<MeteredServer> StartAsync(params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System).AddMetricsExposition();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(MeterName));
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Use((http, next) =>
        {
            if (http.Request.Headers[CallerHeader] is [{ } caller])
            {
                http.Connection.RemoteIpAddress = IPAddress.Parse(caller);
            }

            return next(http);
        });
        app.UseHttpMetrics();
        app.UseRouting();
        app.MapMetrics();
        app.MapGet("/things/{name}", (string name) => name.Length);
        app.MapGet("/fails", string () => throw new InvalidOperationException("on purpose"));
        app.MapGet("/hangs", (HttpContext http) => Task.Delay(Timeout.Infinite, http.RequestAborted));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new MeteredServer(app);
    }

    public Meter CreateMeter() => _app.Services.GetRequiredService<IMeterFactory>().Create(MeterName);

    public async Task<HttpStatusCode> AskAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>The text as it is now: the exporter answers with an older one for a third of a second.</summary>
    public async Task<string> ReadTextAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(350), TestContext.Current.CancellationToken);
        return await Client.GetStringAsync(MetricsExposition.Route, TestContext.Current.CancellationToken);
    }

    public async Task<MetricsText> ReadAsync() => MetricsText.Parse(await ReadTextAsync());

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
