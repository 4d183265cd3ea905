using System.Net;

namespace Hybrid.Bench.Tests;

public sealed class HostMetricsTests
{
    private const string Before = """
        # TYPE sent_bytes_total counter
        sent_bytes_total 5
        # TYPE sent_bytes_total_seconds gauge
        sent_bytes_total_seconds 1000
        # TYPE requests_total counter
        requests_total{model="a",route="/v2/{model}"} 2 1735689600000
        requests_total{model="b",route="/v2/{model}"} 1.5e3
        # TYPE time_seconds histogram
        time_seconds_bucket{model="a",le="10"} 3
        time_seconds_bucket{model="a",le="2.5"} 1
        time_seconds_bucket{model="a",le="+Inf"} 4
        time_seconds_bucket{model="b",le="2.5"} 0
        time_seconds_bucket{model="b",le="10"} 1
        time_seconds_bucket{model="b",le="+Inf"} 1
        time_seconds_bucket{step="store",le="2.5"} 7
        time_seconds_bucket{step="store",le="+Inf"} 8
        time_seconds_count{model="a"} 4

        """;

    [Theory]
    [InlineData("sent_bytes_total", 5)]
    [InlineData("sent_bytes_total_seconds", 1000)]
    [InlineData("requests_total", 1502)]
    public async Task Sum_OfAMetric_IsOfAllItsSeriesAndOfNoOther(string metric, double sum) =>
        Assert.Equal(sum, await HostMetrics.SumAsync(Host(Before), Answering.Url, metric, TestContext.Current.CancellationToken));

    [Fact]
    public async Task Buckets_OfAllSuchSeries_AreAddedUpInTheOrderOfTheirBounds()
    {
        Assert.Equal([(2.5, 1), (10, 4), (double.PositiveInfinity, 5)], await BucketsAsync(Before));
        Assert.Equal([(2.5, 7), (double.PositiveInfinity, 8)], await BucketsAsync(Before, "step=\"store\""));
    }

    [Fact]
    public async Task Metric_ThatIsNotThere_IsNamed()
    {
        var token = TestContext.Current.CancellationToken;

        var sum = await Assert.ThrowsAsync<InvalidOperationException>(() => HostMetrics.SumAsync(Host(Before), Answering.Url, "sent_bytes", token));
        var buckets = await Assert.ThrowsAsync<InvalidOperationException>(() => HostMetrics.BucketsAsync(Host(Before), Answering.Url, "requests_total", "model=", token));

        Assert.Equal("http://host/metrics has no sent_bytes.", sum.Message);
        Assert.Equal("http://host/metrics has no requests_total.", buckets.Message);
    }

    [Theory]
    [InlineData(0.5, 2.5)]
    [InlineData(0.9, 2.5)]
    [InlineData(0.99, 10)]
    public async Task Percentile_BetweenTwoLooks_IsOfWhatCameMeanwhile(double share, double bound)
    {
        // A hundred values more: 95 of the first bucket, 5 of the second.
        var after = Before
            .Replace("le=\"2.5\"} 0", "le=\"2.5\"} 95", StringComparison.Ordinal)
            .Replace("le=\"10\"} 1", "le=\"10\"} 101", StringComparison.Ordinal)
            .Replace("le=\"+Inf\"} 1", "le=\"+Inf\"} 101", StringComparison.Ordinal);

        Assert.Equal(bound, HostMetrics.Percentile(await BucketsAsync(Before), await BucketsAsync(after), share));
    }

    private static Task<IReadOnlyList<(double Bound, double Count)>> BucketsAsync(string text, string label = "model=") =>
        HostMetrics.BucketsAsync(Host(text), Answering.Url, "time_seconds", label, TestContext.Current.CancellationToken);

    private static HttpClient Host(string text) => new(new Answering(text));

    private sealed class Answering(string text) : HttpMessageHandler
    {
        public static readonly Uri Url = new("http://host/");

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal(new Uri(Url, "/metrics"), request.RequestUri);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text) });
        }
    }
}
