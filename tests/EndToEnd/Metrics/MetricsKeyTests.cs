using System.Net;
using System.Net.Http.Headers;

namespace Hybrid.EndToEnd.Tests.Metrics;

[Collection(nameof(MeteredStack))]
public sealed class MetricsKeyTests(MeteredStack metered)
{
    [Fact]
    public async Task Metrics_WithAKeyConfigured_AnswerNobodyElse()
    {
        var stack = metered.Stack;
        foreach (var server in new[] { stack.LocalHost.Url, stack.GpuHosts[0].Url })
        {
            Assert.Equal(HttpStatusCode.OK, await AskAsync(server, "/metrics", MeteredStack.MetricsKey));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, "/metrics", null));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, "/metrics", stack.ApiKey.Key));
        }

        // And what opens the metrics opens nothing else.
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(stack.LocalHost.Url, "/v1/models", MeteredStack.MetricsKey));
    }

    private static async Task<HttpStatusCode> AskAsync(Uri server, string path, string? key)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var response = await http.GetAsync(new Uri(server, path), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
