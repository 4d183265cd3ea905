using System.Net.Http.Json;
using Hybrid.EndToEnd.Tests.Stacks;

namespace Hybrid.EndToEnd.Tests.Metrics;

/// <summary>Nothing that a stranger can write makes a series: neither models nor tenants, keys, headers, paths, methods.</summary>
public sealed class BoundedSeriesTests(SharedStack shared)
{
    private const int Requests = 10_000;
    private const int AtOnce = 16;
    private const int Messages = 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TenThousandStrangeNames_AddNoSeries()
    {
        using var traffic = new Traffic(shared.Stack, shared.Api);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await traffic.MakeAsync();
        await FloodAsync(http, 200);
        await traffic.AskByQueueAsync(Name(), Name(), "handbook");
        // The first reading makes a series of its own route.
        await SeriesAsync(traffic);
        var before = await SeriesAsync(traffic);

        await FloodAsync(http, Requests);
        await Parallel.ForAsync(0, Messages, Cancellation, async (_, _) => await traffic.AskByQueueAsync(Name(), Name(), "handbook"));

        Assert.Empty((await SeriesAsync(traffic)).Except(before));
    }

    private async Task<List<string>> SeriesAsync(Traffic traffic)
    {
        var both = await Task.WhenAll(traffic.ReadAsync(shared.Stack.LocalHost.Url), traffic.ReadAsync(shared.Stack.GpuHosts[0].Url));
        return [.. both.SelectMany((text, server) => text.Series.Select(series => $"{server} {series.Id}"))];
    }

    private Task FloodAsync(HttpClient http, int requests) => Parallel.ForAsync(
        0, requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancellation }, async (i, token) =>
        {
            using var request = Strange(i);
            request.Headers.TryAddWithoutValidation("x-tenant-id", Name());
            request.Headers.TryAddWithoutValidation("x-request-id", Name());
            request.Headers.TryAddWithoutValidation("traceparent", Name());
            request.Headers.TryAddWithoutValidation("User-Agent", Name());
            using var response = await http.SendAsync(request, token);
            Assert.InRange((int)response.StatusCode, 400, 499);
        });

    private HttpRequestMessage Strange(int i)
    {
        var (api, host) = (shared.Stack.LocalHost.Url, shared.Stack.GpuHosts[0].Url);
        return (i % 8) switch
        {
            0 => Authorized(new(HttpMethod.Post, new Uri(api, "/v1/embeddings")) { Content = JsonContent.Create(new { model = Name(), input = "text" }) }),
            1 => Authorized(new(HttpMethod.Post, new Uri(api, "/v1/chat/completions"))
            {
                Content = JsonContent.Create(new { model = Name(), messages = new[] { new { role = "user", content = "Hello?" } } }),
            }),
            2 => Authorized(new(HttpMethod.Get, new Uri(api, $"/v1/pipelines/runs/{Name()}"))),
            3 => new(HttpMethod.Get, new Uri(api, "/v1/models")) { Headers = { { "api-key", Name() } } },
            4 => new(new HttpMethod(Name()), new Uri(api, $"/{Name()}/{Name()}?{Name()}={Name()}")),
            5 => new(HttpMethod.Post, new Uri(host, $"/v2/models/{Name()}/versions/{i}/infer"))
            {
                Content = JsonContent.Create(new { inputs = new[] { new { name = Name(), shape = new[] { 1 }, datatype = "FP32", data = new[] { 1.0 } } } }),
            },
            6 => new(HttpMethod.Get, new Uri(host, $"/v2/models/{Name()}")),
            _ => new(new HttpMethod(Name()), new Uri(host, $"/{Name()}")),
        };
    }

    private HttpRequestMessage Authorized(HttpRequestMessage request)
    {
        request.Headers.Authorization = shared.Api.Http.DefaultRequestHeaders.Authorization;
        return request;
    }

    private static string Name() => $"n{Guid.NewGuid():N}";
}
