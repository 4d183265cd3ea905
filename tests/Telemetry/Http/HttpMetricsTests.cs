using System.Diagnostics.Metrics;
using Hybrid.Telemetry.Http;
using Hybrid.Testing.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Hybrid.Telemetry.Tests.Http;

public sealed class HttpMetricsTests
{
    private const string Requests = "http_requests_total";

    [Fact]
    public async Task Requests_AreCountedByMethodStatusAndTemplate()
    {
        await using var server = await MeteredServer.StartAsync();
        var before = await server.ReadAsync();
        await server.AskAsync("/things/a");
        await server.AskAsync("/things/b");
        await server.AskAsync("/fails");
        await server.AskAsync("/no/such/path");

        var after = await server.ReadAsync();

        Assert.Equal(2, Grown(Requests, ("method", "GET"), ("status_code", "200"), ("route", "/things/{name}")));
        Assert.Equal(1, Grown(Requests, ("method", "GET"), ("status_code", "500"), ("route", "/fails")));
        Assert.Equal(1, Grown(Requests, ("method", "GET"), ("status_code", "404"), ("route", "unmatched")));
        Assert.Equal(2, Grown("http_request_duration_seconds_count", ("route", "/things/{name}")));

        double Grown(string name, params (string, string)[] labels) => after.Sum(name, labels) - before.Sum(name, labels);
    }

    [Fact]
    public async Task Request_LeftByItsClient_Is499()
    {
        await using var server = await MeteredServer.StartAsync();
        using var client = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.Client.GetAsync("/hangs", client.Token));

        var seen = 0.0;
        for (var i = 0; seen == 0 && i < 40; i++)
        {
            seen = (await server.ReadAsync()).Sum(Requests, ("route", "/hangs"), ("status_code", "499"));
        }

        Assert.Equal(1, seen);
    }

    [Fact]
    public async Task Requests_OfAnyPathAndMethod_MakeNoSeriesOfTheirOwn()
    {
        await using var server = await MeteredServer.StartAsync();
        await AskAsync("seed");
        await server.ReadAsync();
        var before = Ids(await server.ReadAsync());

        for (var i = 0; i < 500; i++)
        {
            await AskAsync(Guid.NewGuid().ToString("N"));
        }

        Assert.Equal(before, Ids(await server.ReadAsync()));

        async Task AskAsync(string name)
        {
            await server.AskAsync($"/things/{name}?q={name}", ("x-tenant-id", name), ("User-Agent", name));
            await server.AskAsync($"/{name}/{name}");
            using var request = new HttpRequestMessage(new HttpMethod("M" + name), "/things/x");
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Recording_AllocatesNothing()
    {
        // Its exporter listens to every meter of this name.
        await using var server = await MeteredServer.StartAsync();
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new HttpMetrics(services.GetRequiredService<IMeterFactory>());
        Record(1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Record(10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Record(int times)
        {
            for (var i = 0; i < times; i++)
            {
                metrics.Answered("GET", 200 + (i % 4), "/allocates/nothing", TimeSpan.FromMilliseconds(i % 100));
                metrics.Answered("STRANGE", 404, null, TimeSpan.FromMilliseconds(1));
            }
        }
    }

    private static IEnumerable<string> Ids(MetricsText text) =>
        text.Series.Where(series => series.Name == Requests).Select(series => series.Id).Order(StringComparer.Ordinal);
}
