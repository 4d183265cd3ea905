using System.Net;
using System.Net.Http.Headers;
using Hybrid.EndToEnd.Tests.Stacks;

namespace Hybrid.EndToEnd.Tests.Metrics;

public sealed class MetricsKeyTests
{
    private const string Key = "key-of-the-scraper-0123456789";

    [Fact]
    public async Task Metrics_WithAKeyConfigured_AnswerNobodyElse()
    {
        using var folder = new TestFolder();
        var options = folder.Options with { Settings = new Dictionary<string, string> { ["Metrics__Key"] = Key } };
        await using var stack = await LocalStack.StartAsync(options, new Narrator(Console.Error), TestContext.Current.CancellationToken);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });

        foreach (var server in new[] { stack.LocalHost.Url, stack.GpuHosts[0].Url })
        {
            Assert.Equal(HttpStatusCode.OK, await AskAsync(server, Key));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, null));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, stack.ApiKey.Key));
        }

        // And what opens the metrics opens nothing else.
        using var models = new HttpRequestMessage(HttpMethod.Get, new Uri(stack.LocalHost.Url, "/v1/models")) { Headers = { Authorization = new("Bearer", Key) } };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.SendAsync(models, TestContext.Current.CancellationToken)).StatusCode);

        async Task<HttpStatusCode> AskAsync(Uri server, string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/metrics"));
            request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }
}
