using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Testing.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Hybrid.GpuHost.Tests.Telemetry;

[Collection(nameof(SpanListeners))]
public sealed class ModelMetricsTests
{
    // Other tests of this process have meters of the same name, but not this model.
    private readonly ModelId _id = new($"m{Guid.NewGuid():N}", 1);

    [Fact]
    public void Recording_WithAnExporter_AllocatesNothing()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var telemetry = new HostTelemetry(services.GetRequiredService<IMeterFactory>());
        using var metrics = new ModelMetrics(telemetry, _id, TimeProvider.System);
        using var exported = Sdk.CreateMeterProviderBuilder().AddMeter(HostTelemetry.Name).AddReader(new BaseExportingMetricReader(new NoExporter())).Build();
        Record(1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Record(10_000);

        // Less than a byte a time: a collection in between adds what was left of the thread's 8 KB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 9_999);

        void Record(int times)
        {
            for (var i = 0; i < times; i++)
            {
                metrics.Queued(TimeSpan.FromMilliseconds(i), default);
                metrics.Tokenized(TimeSpan.FromMilliseconds(1), i);
                metrics.Computed(TimeSpan.FromMilliseconds(i));
                metrics.TokenMade(TimeSpan.FromMilliseconds(i));
                metrics.Generated("stop", i, TimeSpan.FromMilliseconds(i));
                metrics.DocumentsLeftOut(i);
            }
        }
    }

    [Fact]
    public void QueuePass_IsCountedWhereItIs()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var telemetry = new HostTelemetry(services.GetRequiredService<IMeterFactory>());
        using var metrics = new ModelMetrics(telemetry, _id, TimeProvider.System);

        var (waits, runs) = (metrics.EnterQueue(), metrics.EnterQueue());
        runs.Begin();
        Assert.Equal((1, 1), Counts());

        // Whoever leaves while he waits is never counted as running, however late his turn comes.
        waits.Dispose();
        waits.Begin();
        Assert.Equal((0, 1), Counts());

        runs.Begin();
        runs.Dispose();
        runs.Dispose();
        Assert.Equal((0, 0), Counts());
    }

    [Fact]
    public void Meter_OfAVersionThatIsThereTwice_GoesOnUntilTheSecondGoes()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var telemetry = new HostTelemetry(services.GetRequiredService<IMeterFactory>());
        var first = new ModelMetrics(telemetry, _id, TimeProvider.System);
        var second = new ModelMetrics(telemetry, _id, TimeProvider.System);
        using var waits = second.EnterQueue();

        first.Dispose();
        first.Dispose();
        Assert.Equal((1, 0), Counts());

        second.Dispose();
        Assert.Throws<KeyNotFoundException>(() => Counts());
    }

    [Fact]
    public async Task Series_AfterMoreVersionsThanOpenTelemetryHasPlacesForByItself_AreThere()
    {
        using var folder = new TestFolder();
        Graphs.WriteSum(folder.Path, "sum");
        await using var host = await TestHost.ServeAsync(folder.Path);
        for (var version = 1; version < 80; version++)
        {
            new ModelMetrics(host.Get<HostTelemetry>(), _id with { Version = version }, TimeProvider.System).Dispose();
        }

        using var last = new ModelMetrics(host.Get<HostTelemetry>(), _id with { Version = 80 }, TimeProvider.System);

        var series = MetricsText.Parse(await host.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Series;
        Assert.Equal("80", Assert.Single(series, each => each.Name == "hybrid_host_requests_queued" && each["model"] == _id.Name)["version"]);
    }

    [Fact]
    public async Task Series_OfAModelThatIsUnloaded_EndButForItsLoads()
    {
        using var folder = new TestFolder();
        Graphs.WriteSum(folder.Path, _id.Name);
        await using var host = await TestHost.ServeAsync(folder.Path);
        await host.SendAsync($"/v2/models/{_id.Name}/infer", """
            {"inputs":[{"name":"a","shape":[1,3],"datatype":"FP32","data":[1,2,3]},{"name":"b","shape":[1,3],"datatype":"FP32","data":[1,2,3]},
            {"name":"label","shape":[1],"datatype":"BYTES","data":["x"]}]}
            """u8.ToArray());
        Assert.Contains(await SeriesAsync(), series => series.Name == "hybrid_host_compute_duration_seconds_count" && series.Value == 1);

        host.Get<ModelsState>().Withdraw(_id.Name);

        // What happened to a model stays counted: a counter that goes back to 0 would be taken for a restart.
        await Eventually.IsTrueAsync(async () => (await SeriesAsync()).All(series => series.Name.StartsWith("hybrid_host_model_load_duration_seconds", StringComparison.Ordinal)));
        var loads = Assert.Single(await SeriesAsync(), series => series.Name == "hybrid_host_model_load_duration_seconds_count");
        Assert.Equal(("loaded", 1.0), (loads["outcome"], loads.Value));

        async Task<List<MetricSeries>> SeriesAsync()
        {
            await Task.Delay(TimeSpan.FromMilliseconds(350), TestContext.Current.CancellationToken);
            var text = await host.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
            return [.. MetricsText.Parse(text).Series.Where(series => series["model"] == _id.Name || series["gen_ai_request_model"] == _id.Name)];
        }
    }

    // As an exporter reads them.
    private (int Waiting, int Running) Counts()
    {
        var seen = new Dictionary<string, int>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Tags?.Contains(new("model", _id.Name)) == true)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return (seen["hybrid.host.requests.queued"], seen["hybrid.host.requests.running"]);
    }

    private sealed class NoExporter : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }
}
