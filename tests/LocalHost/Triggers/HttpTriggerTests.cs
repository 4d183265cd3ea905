using System.Net;
using System.Net.Http.Json;
using Hybrid.LocalHost.TestApp;
using Hybrid.LocalHost.Tests.Hosting;

namespace Hybrid.LocalHost.Tests.Triggers;

public sealed class HttpTriggerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Function_RouteValues_AreBoundAndTheActionResultWritten()
    {
        await using var host = await TestHost.StartAsync();

        using var reply = await host.Http.GetAsync("/echo/ann/42?q=x", Cancel);

        Assert.Equal(203, (int)reply.StatusCode);
        Assert.Equal("""{"name":"ann","number":42,"query":"x"}""", await reply.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("httpTrigger", reply.Headers.GetValues("x-middleware").Single());
        Assert.Equal(["outer Echo", "inner Echo"], host.Recorder.Entries);
    }

    [Theory]
    [InlineData("GET", "/echo/ann/many", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/echo/ann/1", HttpStatusCode.NotFound)]
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/admin/host/ping", HttpStatusCode.OK)]
    [InlineData("PUT", "/Any", HttpStatusCode.OK)]
    public async Task Request_Given_GetsStatus(string method, string path, HttpStatusCode status)
    {
        await using var host = await TestHost.StartAsync(expectedErrors: 201);

        using var reply = await host.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancel);

        Assert.Equal(status, reply.StatusCode);
    }

    [Fact]
    public async Task Function_WithoutRouteOrMethods_IsFoundByItsNameUnderThePrefix()
    {
        await using var host = await TestHost.StartAsync(hostJson: """{ "version": "2.0" }""");

        Assert.Equal("DELETE Any True", await (await host.Http.DeleteAsync("/api/any", Cancel)).Content.ReadAsStringAsync(Cancel));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync("/any", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Function_Throws_Is500WithAnEmptyBody()
    {
        await using var host = await TestHost.StartAsync(expectedErrors: 201);

        using var reply = await host.Http.GetAsync("/throw", Cancel);

        Assert.Equal(HttpStatusCode.InternalServerError, reply.StatusCode);
        Assert.Empty(await reply.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Client_Leaves_TheFunctionsTokenFires()
    {
        await using var host = await TestHost.StartAsync();
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var request = host.Http.GetAsync("/hang", leave.Token);
        await host.Recorder.WaitAsync("hang", 1, Cancel);

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await host.Recorder.WaitAsync("left", 1, Cancel);
    }

    [Fact]
    public async Task Body_OverTheLimit_Is413()
    {
        await using var host = await TestHost.StartAsync(new() { ["LocalHost:MaxRequestBodyBytes"] = "2000" }, expectedErrors: 201);

        Assert.Equal("2000", await (await host.Http.PostAsync("/read", new StringContent(new string('x', 2000)), Cancel)).Content.ReadAsStringAsync(Cancel));
        using var reply = await host.Http.PostAsync("/read", new StringContent(new string('x', 2001)), Cancel);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
    }

    [Fact]
    public async Task Requests_OverTheHostJsonLimits_AreAnswered429()
    {
        const string Limits = """{ "version": "2.0", "extensions": { "http": { "routePrefix": "", "maxConcurrentRequests": 1, "maxOutstandingRequests": 2 } } }""";
        await using var host = await TestHost.StartAsync(hostJson: Limits);
        var running = host.Http.GetAsync("/slow", Cancel);
        await host.Recorder.WaitAsync("slow", 1, Cancel);

        var others = Enumerable.Range(0, 3).Select(_ => host.Http.GetAsync("/slow", Cancel)).ToList();
        while (others.Count(request => request.IsCompleted) < 2)
            await Task.Delay(5, Cancel);
        host.Recorder.OpenGate();

        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
        var replies = await Task.WhenAll(others);
        Assert.Equal([200, 429, 429], replies.Select(reply => (int)reply.StatusCode).Order());
        Assert.All(replies.Where(reply => !reply.IsSuccessStatusCode), reply => Assert.Equal(TimeSpan.FromSeconds(1), reply.Headers.RetryAfter?.Delta));
    }

    [Fact]
    public async Task Stop_RequestRuns_ItIsAnsweredFirst()
    {
        await using var host = await TestHost.StartAsync();
        var running = host.Http.GetAsync("/slow", Cancel);
        await host.Recorder.WaitAsync("slow", 1, Cancel);

        var stop = host.App.StopAsync(Cancel);
        Assert.False(stop.IsCompleted);
        host.Recorder.OpenGate();

        await stop;
        Assert.Equal("done", await (await running).Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task DurableClient_FromAFunction_RunsOrchestratorAndActivityFunctions()
    {
        await using var host = await TestHost.StartAsync();
        var log = Path.GetTempFileName();

        using var accepted = await host.Http.PostAsJsonAsync("/start/one", new StepsInput(3, log), Cancel);
        var end = await host.Http.GetStringAsync("/end/one", Cancel);

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal("Completed 6", end);
        Assert.Equal(["one 1", "one 2", "one 3"], await File.ReadAllLinesAsync(log, Cancel));
        Assert.Equal(["step 1", "step 2", "step 3"], host.Recorder.Entries.Where(entry => entry.StartsWith("step", StringComparison.Ordinal)));
        Assert.Equal(4, host.Recorder.Entries.Count(entry => entry == "outer Steps"));
        Assert.Equal(3, host.Recorder.Entries.Count(entry => entry == "inner DoStep"));
        File.Delete(log);
    }

    [Fact]
    public async Task Status_WithoutQueues_IsRunning()
    {
        await using var host = await TestHost.StartAsync();

        Assert.Equal("""{"state":"Running"}""", await host.Http.GetStringAsync("/admin/host/status", Cancel));
    }
}
