namespace Hybrid.EndToEnd.Tests.Metrics;

[Collection(nameof(MeteredStack))]
public sealed class RunMetricsTests(MeteredStack metered)
{
    [Theory]
    [InlineData("handbook", "ok", 4)]
    [InlineData("no-such-collection", "not_found", 2)]
    public async Task Run_IsCountedOnce_HoweverOftenItIsReplayed(string collection, string outcome, int activities)
    {
        using var traffic = new Traffic(metered.Stack, metered.Api);
        var before = await traffic.ReadAsync(metered.Stack.LocalHost.Url);

        await traffic.AskByQueueAsync($"counted-{Guid.NewGuid():N}", metered.Stack.ApiKey.Tenant, collection);

        var after = await traffic.ReadAsync(metered.Stack.LocalHost.Url);
        Assert.Equal(1, Grown("hybrid_queue_messages_total", ("outcome", "started")));
        Assert.Equal(1, Grown("hybrid_runs_started_total", ("pipeline", "QueuedPipeline")));
        Assert.Equal(1, Grown("hybrid_runs_started_total", ("pipeline", "RagPipeline")));
        Assert.Equal(1, Grown("hybrid_runs_duration_seconds_count", ("pipeline", "RagPipeline"), ("outcome", outcome)));
        Assert.Equal(1, Grown("hybrid_runs_duration_seconds_count", ("pipeline", "RagPipeline")));

        // And the one that writes the result, whose blob is there before its end is counted.
        Assert.InRange(Grown("hybrid_activities_duration_seconds_count"), activities, activities + 1);

        double Grown(string name, params (string, string)[] labels) => after.Sum(name, labels) - before.Sum(name, labels);
    }

    [Fact]
    public async Task Cache_AskedTwice_CountsAMissAndAHit()
    {
        using var traffic = new Traffic(metered.Stack, metered.Api);
        var before = await traffic.ReadAsync(metered.Stack.LocalHost.Url);
        (string, string)[] labels =
            [("cache", "l1"), ("tenant", metered.Stack.ApiKey.Tenant), ("cache_type", "embedding"), ("key_prefix", "embedding:demo-embed")];

        var text = Guid.NewGuid().ToString();
        await traffic.PostAsync("/v1/embeddings", new { model = "demo-embed", input = text });
        await traffic.PostAsync("/v1/embeddings", new { model = "demo-embed", input = text });

        var after = await traffic.ReadAsync(metered.Stack.LocalHost.Url);
        Assert.Equal(1, after.Sum("cache_hits_total", labels) - before.Sum("cache_hits_total", labels));
        Assert.Equal(1, after.Sum("cache_misses_total", labels) - before.Sum("cache_misses_total", labels));
    }
}
