using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace Hybrid.EndToEnd.Tests.Metrics;

/// <summary>Nothing that a stranger can write makes a series: neither models nor tenants, keys, headers, paths, methods.</summary>
[Collection(nameof(MeteredStack))]
public sealed partial class BoundedSeriesTests(MeteredStack metered)
{
    private const int Requests = 10_000;
    private const int AtOnce = 16;
    private const int Messages = 40;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TenThousandStrangeNames_AddNoSeries()
    {
        using var traffic = new Traffic(metered.Stack, metered.Api);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await traffic.MakeAsync();

        // What the process makes by itself when it has run for a while is there after the first half.
        await FloodAsync(traffic, http);
        await SeriesAsync(traffic);
        var before = await SeriesAsync(traffic);
        await FloodAsync(traffic, http);
        var after = await SeriesAsync(traffic);

        Assert.Empty(after.Except(before));
        Assert.DoesNotContain(after, series => AnyName().IsMatch(series));
    }

    private async Task<List<string>> SeriesAsync(Traffic traffic)
    {
        var both = await Task.WhenAll(traffic.ReadAsync(metered.Stack.LocalHost.Url), traffic.ReadAsync(metered.Stack.GpuHosts[0].Url));
        return [.. both.SelectMany((text, server) => text.Series.Select(series => $"{server} {series.Id}"))];
    }

    private async Task FloodAsync(Traffic traffic, HttpClient http)
    {
        await Parallel.ForAsync(0, Messages / 2, Cancellation, async (_, _) => await traffic.AskByQueueAsync(Name(), Name(), "handbook"));
        await Parallel.ForAsync(0, Requests / 2, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancellation }, async (i, token) =>
        {
            using var request = Strange(i);
            request.Headers.TryAddWithoutValidation("x-tenant-id", Name());
            request.Headers.TryAddWithoutValidation("x-request-id", Name());
            request.Headers.TryAddWithoutValidation("traceparent", Name());
            request.Headers.TryAddWithoutValidation("User-Agent", Name());
            using var response = await http.SendAsync(request, token);
            Assert.InRange((int)response.StatusCode, 400, 499);
        });
    }

    private HttpRequestMessage Strange(int i)
    {
        var (api, host) = (metered.Stack.LocalHost.Url, metered.Stack.GpuHosts[0].Url);
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
        request.Headers.Authorization = metered.Api.Http.DefaultRequestHeaders.Authorization;
        return request;
    }

    private static string Name() => $"n{Guid.NewGuid():N}";

    [GeneratedRegex("n[0-9a-f]{32}", RegexOptions.IgnoreCase)]
    private static partial Regex AnyName();
}
