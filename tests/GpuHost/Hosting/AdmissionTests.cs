using System.Diagnostics.Metrics;
using System.Net;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Hosting;

/// <summary>What the limiters look like from outside: statuses, headers, metrics, and what they leave alone.</summary>
public sealed class AdmissionTests : IDisposable
{
    private readonly TestFolder _repository = new();

    public AdmissionTests() => SlowModel.WriteTo(_repository);

    [Fact]
    public async Task Tenant_OverItsQuota_Is429WhileOthersAndHealthGoOn()
    {
        await using var host = await ServeAsync(("Admission:Tenants:RequestsPerSecond", "0.01"), ("Admission:Tenants:Burst", "2"));

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, 2, "a")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, 2, "a")).StatusCode);
        var (response, error) = await host.PostForErrorAsync(TaskRoutes.Infer, SlowModel.Body(2), (HybridHeaders.Tenant, "a"));

        Assert.Equal(ErrorCode.Overloaded, error.Code);
        Assert.Equal("tenant_quota", response.Headers.GetValues(HybridHeaders.DropReason).Single());
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(101));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, 2, "b")).StatusCode);
        foreach (var free in new[] { TaskRoutes.Live, TaskRoutes.Ready, TaskRoutes.Models, "/v2/models/slow" })
        {
            Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync(free, TestContext.Current.CancellationToken)).StatusCode);
        }
    }

    [Fact]
    public async Task Tenant_WithAnEndlessName_Is400()
    {
        await using var host = await ServeAsync();

        var (_, error) = await host.PostForErrorAsync(TaskRoutes.Infer, SlowModel.Body(2), (HybridHeaders.Tenant, new string('x', 300)));

        Assert.Equal((ErrorCode.InvalidRequest, HybridHeaders.Tenant), (error.Code, error.Param));
    }

    [Fact]
    public async Task Model_AtItsConcurrencyLimit_Is429WithItsReason()
    {
        await using var host = await ServeAsync(
            ("Admission:Adaptive:MinConcurrency", "1"), ("Admission:Adaptive:InitialConcurrency", "1"), ("Admission:Adaptive:MaxConcurrency", "1"));
        using var client = new CancellationTokenSource();
        var running = SendAsync(host, SlowModel.Endless, "a", client.Token);
        await Eventually.IsTrueAsync(() => Limiter(host).InFlight == 1);

        var (response, error) = await host.PostForErrorAsync(TaskRoutes.Infer, SlowModel.Body(2));

        Assert.Equal(ErrorCode.Overloaded, error.Code);
        Assert.Equal("concurrency", response.Headers.GetValues(HybridHeaders.DropReason).Single());
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Eventually.IsTrueAsync(() => Limiter(host).InFlight == 0);
    }

    [Fact]
    public async Task Model_ThatHangs_Is503AndAMetricSaysSo()
    {
        await using var host = await ServeAsync(
            ("Admission:Adaptive:EvaluationInterval", "00:00:00.1"),
            ("Admission:Adaptive:MinSamples", "3"),
            ("Admission:Adaptive:SlowEvaluations", "1"),
            ("Admission:Adaptive:OpenDuration", "00:01:00"));
        await Eventually.IsTrueAsync(async () =>
        {
            await SendAsync(host, 2, "a");
            return Limiter(host).SlowLatency < TimeSpan.MaxValue;
        });
        Assert.Equal(0, State(host));

        using var client = new CancellationTokenSource();
        Task[] hanging = [.. Enumerable.Range(0, 5).Select(_ => SendAsync(host, SlowModel.Endless, "a", client.Token))];
        HttpResponseMessage response = null!;
        await Eventually.IsTrueAsync(async () =>
        {
            response = await host.SendAsync(TaskRoutes.Infer, SlowModel.Body(2), (HybridHeaders.BudgetMs, "100"));
            return response.StatusCode == HttpStatusCode.ServiceUnavailable;
        });

        Assert.Equal("latency_open", response.Headers.GetValues(HybridHeaders.DropReason).Single());
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.Equal((int)BreakerState.Open, State(host));
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(hanging));
    }

    [Fact]
    public async Task Limiter_OfWrongSettings_StopsTheStart() =>
        await Assert.ThrowsAnyAsync<Exception>(() => ServeAsync(("Admission:Adaptive:SlowFactor", "1.2")));

    public void Dispose() => _repository.Dispose();

    private static LimiterSnapshot Limiter(TestHost host) => host.Get<ModelsState>().Current.Serving[SlowModel.Name].Stable.Admission.Snapshot;

    // As an exporter reads it.
    private static int State(TestHost host)
    {
        var meter = host.Get<HostTelemetry>().Meter;
        var seen = -1;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter) && instrument.Name == "hybrid.host.limiter.state")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) =>
        {
            Assert.Contains(new KeyValuePair<string, object?>("model", "slow"), tags.ToArray());
            seen = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }

    private static async Task<HttpResponseMessage> SendAsync(TestHost host, int size, string tenant, CancellationToken? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, TaskRoutes.Infer) { Content = new ByteArrayContent(SlowModel.Body(size)) };
        request.Headers.Add(HybridHeaders.Tenant, tenant);
        return await host.Client.SendAsync(request, client ?? TestContext.Current.CancellationToken);
    }

    private Task<TestHost> ServeAsync(params (string Name, string Value)[] settings) =>
        TestHost.ServeAsync(_repository.Path, [.. settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))]);
}
