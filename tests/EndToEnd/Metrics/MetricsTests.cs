using Hybrid.Testing;
using Hybrid.Testing.Metrics;

namespace Hybrid.EndToEnd.Tests.Metrics;

/// <summary>What the real processes show at <c>/metrics</c> after a bit of every kind of traffic.</summary>
[Collection(nameof(MeteredStack))]
public sealed class MetricsTests(MetricsTests.Shown shown) : IClassFixture<MetricsTests.Shown>
{
    private readonly string _api = shown.Api;
    private readonly string _host = shown.GpuHost;

    [Fact]
    public async Task Texts_AreCleanForPromtool()
    {
        Assert.Equal("", await Promtool.CheckMetricsAsync(_api, TestContext.Current.CancellationToken));
        Assert.Equal("", await Promtool.CheckMetricsAsync(_host, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Histograms_AddUp() => Assert.All([_api, _host], text =>
    {
        var metrics = MetricsText.Parse(text);
        var histograms = metrics.Types.Where(type => type.Value == "histogram").Select(type => type.Key).ToList();
        Assert.NotEmpty(histograms);
        Assert.DoesNotContain("summary", metrics.Types.Values);
        Assert.All(histograms, histogram =>
        {
            var counts = metrics.Of(histogram + "_count").ToDictionary(LabelsOf, series => series.Value);
            var buckets = metrics.Of(histogram + "_bucket").GroupBy(LabelsOf).ToList();
            Assert.Equal(counts.Count, buckets.Count);
            Assert.Equal(counts.Count, metrics.Of(histogram + "_sum").Count());
            Assert.All(buckets, bucket =>
            {
                var values = bucket.Select(series => series.Value).ToList();
                Assert.Equal(values.Order(), values);
                Assert.Equal("+Inf", bucket.Last()["le"]);
                Assert.Equal(counts[bucket.Key], values[^1]);
            });
        });
    });

    // And its table says what each is for.
    [Fact]
    public void Documentation_NamesEveryMetric()
    {
        var documentation = File.ReadAllText(Path.Combine(Repository.Root, "docs", "observability.md"));

        Assert.DoesNotContain(
            new[] { _api, _host }.SelectMany(text => MetricsText.Parse(text).Types.Keys),
            name => !name.StartsWith("dotnet_", StringComparison.Ordinal) && !documentation.Contains($"`{name}`", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http_requests_total", "route", "/v1/chat/completions")]
    [InlineData("http_request_duration_seconds_bucket", "route", "/v1/collections/{name}/documents")]
    [InlineData("http_requests_total", "status_code", "404")]
    [InlineData("cache_hits_total", "key_prefix", "embedding:demo-embed")]
    [InlineData("cache_misses_total", "cache_type", "rerank")]
    [InlineData("hybrid_dispatch_attempts_total", "outcome", "ok")]
    [InlineData("hybrid_dispatch_attempts_total", "outcome", "model_not_found")]
    [InlineData("hybrid_dispatch_in_flight", "", "")]
    [InlineData("hybrid_dispatch_breaker_state", "", "")]
    [InlineData("hybrid_runs_started_total", "pipeline", "QueuedPipeline")]
    [InlineData("hybrid_runs_duration_seconds_count", "outcome", "ok")]
    [InlineData("hybrid_runs_duration_seconds_count", "outcome", "not_found")]
    [InlineData("hybrid_activities_duration_seconds_count", "activity", "GenerateActivity")]
    [InlineData("hybrid_activities_duration_seconds_count", "outcome", "not_found")]
    [InlineData("hybrid_queue_messages_total", "outcome", "started")]
    [InlineData("dotnet_process_memory_working_set_bytes", "", "")]
    [InlineData("dotnet_gc_collections_total", "gc_heap_generation", "gen0")]
    public void Api_Shows(string name, string label, string value) => Shows(_api, name, label, value);

    [Theory]
    [InlineData("http_requests_total", "route", "/tasks/embed")]
    [InlineData("http_requests_total", "route", "/tasks/generate/stream")]
    [InlineData("http_request_duration_seconds_bucket", "route", "/v2/models/{model}/infer")]
    [InlineData("gen_ai_server_request_duration_seconds_bucket", "gen_ai_operation_name", "embeddings")]
    [InlineData("gen_ai_server_time_to_first_token_seconds_bucket", "le", "0.001")]
    [InlineData("gen_ai_server_time_per_output_token_seconds_bucket", "le", "0.025")]
    [InlineData("hybrid_host_queue_length", "model", "demo-embed")]
    [InlineData("hybrid_host_queue_duration_seconds_count", "model", "demo-rerank")]
    [InlineData("hybrid_host_tokenize_duration_seconds_count", "model", "demo-generate")]
    [InlineData("hybrid_host_compute_duration_seconds_count", "version", "1")]
    [InlineData("hybrid_host_batch_size_bucket", "model", "demo-embed")]
    [InlineData("hybrid_host_batch_tokens_bucket", "model", "demo-embed")]
    [InlineData("hybrid_host_limiter_limit", "model", "demo-generate")]
    [InlineData("gen_ai_server_request_duration_seconds_count", "error_type", "unprocessable")]
    [InlineData("hybrid_host_requests_queued", "model", "demo-embed")]
    [InlineData("hybrid_host_requests_running", "model", "demo-generate")]
    [InlineData("hybrid_host_requests_active", "", "")]
    [InlineData("hybrid_host_input_tokens_total", "model", "demo-embed")]
    [InlineData("hybrid_host_generation_tokens_total", "model", "demo-generate")]
    [InlineData("hybrid_host_generations_total", "outcome", "stop")]
    [InlineData("hybrid_host_model_load_duration_seconds_count", "outcome", "loaded")]
    [InlineData("dotnet_thread_pool_thread_count_total", "", "")]
    public void GpuHost_Shows(string name, string label, string value) => Shows(_host, name, label, value);

    private static void Shows(string text, string name, string label, string value)
    {
        var found = MetricsText.Parse(text).Of(name).ToList();
        Assert.True(
            found.Exists(series => label.Length == 0 || series[label] == value),
            $"No {name} with {label}={value}; there is: {string.Join("\n", found.Select(series => series.Id))}");
    }

    private static string LabelsOf(MetricSeries series) =>
        string.Join(",", series.Labels.Where(label => label.Key != "le").OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));

    /// <summary>The texts, read once for all tests.</summary>
    public sealed class Shown(MeteredStack metered) : IAsyncLifetime
    {
        public string Api { get; private set; } = "";

        public string GpuHost { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            using var traffic = new Traffic(metered.Stack, metered.Api);
            await traffic.MakeAsync();
            Api = await traffic.TextOfAsync(metered.Stack.LocalHost.Url);
            GpuHost = await traffic.TextOfAsync(metered.Stack.GpuHosts[0].Url);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
