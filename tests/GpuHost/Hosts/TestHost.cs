using System.Net;
using System.Net.Http.Headers;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hybrid.GpuHost.Tests.Hosts;

/// <summary>A whole host with its real server on a free loopback port. An error that it logs unexpectedly fails the test that disposes it.</summary>
public sealed class TestHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly NoErrorsLoggerProvider _errors;

    private TestHost(WebApplication app, NoErrorsLoggerProvider errors)
    {
        _app = app;
        _errors = errors;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromMinutes(2) };
    }

    public HttpClient Client { get; }

    public static async Task<TestHost> StartAsync(IEnumerable<KeyValuePair<string, string?>> settings, params int[] expectedErrors)
    {
        var errors = new NoErrorsLoggerProvider(expectedErrors);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection([new("Host:Url", "http://127.0.0.1:0"), .. settings]);
        builder.Logging.ClearProviders().AddProvider(errors);
        var app = builder.AddGpuHost().Build().MapGpuHost();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestHost(app, errors);
    }

    /// <summary>A host that serves a repository folder, ready.</summary>
    public static async Task<TestHost> ServeAsync(string repository, params KeyValuePair<string, string?>[] settings)
    {
        var host = await StartAsync([new("Weights:Directory", repository), new("Weights:CacheDirectory", Path.Combine(repository, ".cache")), .. settings]);
        await host.WaitUntilReadyAsync();
        return host;
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public Task WaitUntilReadyAsync() => Eventually.IsTrueAsync(async () =>
        (await Client.GetAsync(TaskRoutes.Ready, TestContext.Current.CancellationToken)).StatusCode == HttpStatusCode.OK);

    public async Task<TReply> PostAsync<TRequest, TReply>(string route, TRequest request)
        where TRequest : IWire<TRequest>
        where TReply : IWire<TReply>
    {
        using var response = await SendAsync(route, Wire.Encode(request));
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, response.IsSuccessStatusCode ? "" : $"{response.StatusCode}: {Wire.Decode<Error>(body)}");
        return Wire.Decode<TReply>(body);
    }

    public async Task<(HttpResponseMessage Response, Error Error)> PostForErrorAsync(
        string route, byte[] body, params (string Name, string Value)[] headers)
    {
        var response = await SendAsync(route, body, headers);
        Assert.False(response.IsSuccessStatusCode);
        Assert.Equal(MediaTypes.MessagePack, response.Content.Headers.ContentType?.MediaType);
        var error = Wire.Decode<Error>(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(error.Code.ToStatus(), (int)response.StatusCode);
        return (response, error);
    }

    public async Task<HttpResponseMessage> SendAsync(string route, byte[] body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.MessagePack);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _errors.Verify();
    }
}
