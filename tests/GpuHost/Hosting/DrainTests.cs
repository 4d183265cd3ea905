using System.Net;
using System.Net.Sockets;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Testing.Metrics;

namespace Hybrid.GpuHost.Tests.Hosting;

/// <summary>A host process that is told to stop while it works.</summary>
public sealed class DrainTests : IDisposable
{
    private readonly TestFolder _repository = new();

    public DrainTests() => SlowEncoder.WriteTo(_repository);

    [Fact]
    public async Task Sigterm_WithWorkRunningAndQueued_IsNotReadyThenRefusesAndFinishesIt()
    {
        using var host = await HostProcess.ServeAsync(
            _repository.Path, "--Execution:IntraOpThreads", "1", "--Batching:MaxBatchRequests", "1", "--Host:DrainDelay", "00:00:01.5", "--Host:ShutdownTimeout", "00:01:00");
        var work = Enumerable.Range(0, 3).Select(_ => SendAsync(host, tokens: 800)).ToList();
        await IsInsideAsync(host, running: 1, queued: 2);

        await host.SignalAsync("TERM");

        // Not ready is said at once, and meanwhile new work is still taken; its answer sends the client elsewhere.
        await Eventually.IsTrueAsync(async () => (await host.Client.GetAsync(TaskRoutes.Ready, Cancellation)).StatusCode == HttpStatusCode.ServiceUnavailable);
        var late = SendAsync(host, tokens: 4);
        await IsInsideAsync(host, running: 1, queued: 3);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync(TaskRoutes.Live, Cancellation)).StatusCode);

        // Then it is refused, with an error that can be read.
        await Eventually.IsTrueAsync(async () =>
        {
            var (response, error) = await SendAsync(host, tokens: 4, budgetMs: "50");
            Assert.True(response.Headers.ConnectionClose);
            return error?.Code == ErrorCode.Unavailable && response.Headers.RetryAfter?.Delta == TimeSpan.FromSeconds(1);
        });

        Assert.All(await Task.WhenAll([.. work, late]), answer => Assert.Equal(HttpStatusCode.OK, answer.Response.StatusCode));
        var (exitCode, output) = await host.EndAsync();
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("fail:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_WithWorkThatDoesNotFinish_AnswersItAndEndsInTime()
    {
        using var host = await HostProcess.ServeAsync(_repository.Path, "--Batching:MaxBatchRequests", "1", "--Host:ShutdownTimeout", "00:00:01");
        var work = Enumerable.Range(0, 3).Select(_ => SendAsync(host, SlowEncoder.Endless)).ToList();
        await IsInsideAsync(host, running: 1, queued: 2);

        await host.SignalAsync("TERM");

        Assert.All(await Task.WhenAll(work), answer =>
        {
            Assert.Equal(ErrorCode.Unavailable, answer.Error?.Code);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Response.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), answer.Response.Headers.RetryAfter?.Delta);
        });
        var (exitCode, output) = await host.EndAsync();
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("fail:", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task SecondSignal_WhileItDrains_EndsAtOnce(string signal, int expected)
    {
        using var host = await HostProcess.ServeAsync(_repository.Path, "--Host:ShutdownTimeout", "00:10:00");
        var work = SendAsync(host, SlowEncoder.Endless);
        await IsInsideAsync(host, running: 1, queued: 0);

        await host.SignalAsync(signal);
        await Eventually.IsTrueAsync(async () => (await host.Client.GetAsync(TaskRoutes.Ready, Cancellation)).StatusCode == HttpStatusCode.ServiceUnavailable);
        await host.SignalAsync(signal);

        Assert.Equal(expected, (await host.EndAsync()).ExitCode);
        var broken = await Assert.ThrowsAsync<HttpRequestException>(() => work);
        Assert.True(broken.InnerException is IOException or SocketException);
    }

    public void Dispose() => _repository.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<(HttpResponseMessage Response, Error? Error)> SendAsync(HostProcess host, int tokens, string budgetMs = "100000")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, TaskRoutes.Embed) { Content = new ByteArrayContent(Wire.Encode(SlowEncoder.Request(tokens))) };
        request.Headers.Add(HybridHeaders.BudgetMs, budgetMs);
        var response = await host.Client.SendAsync(request, Cancellation);
        return (response, response.IsSuccessStatusCode ? null : Wire.Decode<Error>(await response.Content.ReadAsByteArrayAsync(Cancellation)));
    }

    private static Task IsInsideAsync(HostProcess host, int running, int queued) => Eventually.IsTrueAsync(async () =>
    {
        var metrics = MetricsText.Parse(await host.Client.GetStringAsync("/metrics", Cancellation));
        return metrics.Sum("hybrid_host_requests_running") == running && metrics.Sum("hybrid_host_requests_queued") == queued;
    });
}
