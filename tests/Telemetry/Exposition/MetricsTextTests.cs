using Hybrid.Testing.Metrics;

namespace Hybrid.Telemetry.Tests.Exposition;

public sealed class MetricsTextTests
{
    [Fact]
    public async Task Labels_WithAnyCharacter_ComeBackAsTheyWere()
    {
        await using var server = await MeteredServer.StartAsync();
        var counter = server.CreateMeter().CreateCounter<long>("test.odd", "{thing}", "Of \"any\" kind, with \\ and é.");
        string[] odd = ["a \"quoted\" one", @"back\slash", "two\nlines", "café 模型 🚀", "", "{}=,#"];
        Assert.All(odd, value => counter.Add(3, new KeyValuePair<string, object?>("what", value)));

        var text = await server.ReadTextAsync();

        var read = MetricsText.Parse(text);
        Assert.Equal(odd.Order(StringComparer.Ordinal), read.Of("test_odd_total").Select(series => series["what"]).Order(StringComparer.Ordinal));
        Assert.All(read.Of("test_odd_total"), series => Assert.Equal(3, series.Value));
        Assert.Equal("", await Promtool.CheckMetricsAsync(text, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Histogram_KeepsItsOwnBoundariesAndUnit()
    {
        await using var server = await MeteredServer.StartAsync();
        var histogram = server.CreateMeter().CreateHistogram("test.wait", "s", "Waited.", advice: Buckets.Of(0.5, 2));
        histogram.Record(0.4);
        histogram.Record(9);

        var read = await server.ReadAsync();

        Assert.Equal("histogram", read.Types["test_wait_seconds"]);
        Assert.Equal([("0.5", 1), ("2", 1), ("+Inf", 2)], read.Of("test_wait_seconds_bucket").Select(series => (series["le"], series.Value)));
        Assert.Equal(9.4, read.Sum("test_wait_seconds_sum"), precision: 6);
    }

    [Fact]
    public async Task Instrument_PastItsMostSeries_CountsTheRestInOne()
    {
        await using var server = await MeteredServer.StartAsync(("Metrics:MaxSeries", "50"));
        var counter = server.CreateMeter().CreateCounter<long>("test.flood", null, "Flooded.");
        for (var i = 0; i < 10_000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("name", $"n{i}"));
        }

        var flood = (await server.ReadAsync()).Of("test_flood_total").ToList();

        Assert.InRange(flood.Count, 2, 51);
        Assert.Equal(10_000, flood.Sum(series => series.Value));
        Assert.Equal("true", Assert.Single(flood, series => series["name"].Length == 0)["otel_metric_overflow"]);
    }

    [Fact]
    public async Task Runtime_IsShown()
    {
        await using var server = await MeteredServer.StartAsync();

        var read = await server.ReadAsync();

        Assert.True(read.Sum("dotnet_process_memory_working_set_bytes") > 1 << 20);
        Assert.True(read.Sum("dotnet_gc_heap_total_allocated_bytes_total") > 0);
        Assert.True(read.Sum("dotnet_thread_pool_thread_count_total") > 0);
    }
}
