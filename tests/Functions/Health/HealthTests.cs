using System.Net;
using Hybrid.Functions.Tests.Hosting;
using Hybrid.Testing;

namespace Hybrid.Functions.Tests.Health;

public sealed class HealthTests(ServedFunctions served)
{
    [Fact]
    public async Task Ready_WithAHost_Is200AndCountsThem()
    {
        var answer = await served.Acme.GetJsonAsync("/health/ready");

        Assert.Equal("""{"status":"ready","gpu_hosts":{"ready":1,"all":1}}""", answer.Body!.ToJsonString());
    }

    [Fact]
    public async Task Ready_WithoutAny_Is503WhileLiveIs200()
    {
        await using var app = await served.ServeAsync(new()
        {
            ["GpuPool:Hosts:0"] = $"http://127.0.0.1:{FreePort.Pick()}",
            ["GpuPool:HealthInterval"] = "00:00:00.050",
        });
        using var client = served.Client(null, app.Address);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));

        while ((await client.GetJsonAsync("/health/ready")).Status != HttpStatusCode.ServiceUnavailable)
        {
            await Task.Delay(20, limit.Token);
        }

        Assert.Equal(HttpStatusCode.OK, (await client.GetJsonAsync("/health/live")).Status);
    }
}
