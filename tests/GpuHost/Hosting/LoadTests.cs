using System.Net;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Hosting;

/// <summary>A host with a model that takes long: what happens to requests that cannot wait, and to those that run when it ends.</summary>
public sealed class LoadTests : IDisposable
{
    private readonly TestFolder _repository = new();

    public LoadTests() => SlowModel.WriteTo(_repository);

    [Fact]
    public async Task Request_TooManyInside_Is429AndTellsWhenToComeBack()
    {
        await using var host = await ServeAsync(new KeyValuePair<string, string?>("Admission:MaxConcurrentRequests", "1"));
        using var client = new CancellationTokenSource();
        var running = SendAsync(host, SlowModel.Endless, client.Token);
        await IsRunningAsync(host);

        var (response, error) = await host.PostForErrorAsync(TaskRoutes.Infer, SlowModel.Body(2));

        Assert.Equal(ErrorCode.Overloaded, error.Code);
        Assert.True(response.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        Assert.Equal("overloaded", response.Headers.GetValues(HybridHeaders.DropReason).Single());
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Request_BudgetEndsOnTheDevice_Is504AndTheDeviceIsFree()
    {
        await using var host = await ServeAsync();

        var (_, error) = await host.PostForErrorAsync(TaskRoutes.Infer, SlowModel.Body(SlowModel.Endless), (HybridHeaders.BudgetMs, "300"));
        var next = await host.PostAsync<InferRequest, InferReply>(TaskRoutes.Infer, SlowModel.Request(2));

        Assert.Equal(ErrorCode.DeadlineExceeded, error.Code);
        Assert.Single(next.Outputs);
    }

    [Fact]
    public async Task Request_BudgetEndsInTheQueue_Is504()
    {
        await using var host = await ServeAsync();
        using var client = new CancellationTokenSource();
        var running = SendAsync(host, SlowModel.Endless, client.Token);
        await IsRunningAsync(host);

        var (_, error) = await host.PostForErrorAsync(TaskRoutes.Infer, SlowModel.Body(2), (HybridHeaders.BudgetMs, "200"));

        Assert.Equal(ErrorCode.DeadlineExceeded, error.Code);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Request_BudgetEndsWhileItsBodyComes_Is504AndTheServerIsUnharmed()
    {
        await using var host = await ServeAsync();
        using var content = new StallingContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, TaskRoutes.Infer) { Content = content };
        request.Headers.Add(HybridHeaders.BudgetMs, "100");

        var sending = host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        await Eventually.IsTrueAsync(() => host.Get<AdmissionGate>().Inside == 1);
        await Eventually.IsTrueAsync(() => host.Get<AdmissionGate>().Inside == 0);
        content.GoOn();

        // Disposing the host fails this test if the server logged an error.
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await sending).StatusCode);
        await host.PostAsync<InferRequest, InferReply>(TaskRoutes.Infer, SlowModel.Request(2));
    }

    [Fact]
    public async Task Client_Leaves_TheDeviceIsFree()
    {
        await using var host = await ServeAsync();
        using var client = new CancellationTokenSource();
        var running = SendAsync(host, SlowModel.Endless, client.Token);
        await IsRunningAsync(host);

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Eventually.IsTrueAsync(() => host.Get<AdmissionGate>().Inside == 0);
        await host.PostAsync<InferRequest, InferReply>(TaskRoutes.Infer, SlowModel.Request(2));
    }

    [Fact]
    public async Task Stop_WithARequestRunning_IsNotReadyAndFinishesIt()
    {
        await using var host = await ServeAsync(new KeyValuePair<string, string?>("Host:DrainDelay", "00:00:02"));
        var running = host.PostAsync<InferRequest, InferReply>(TaskRoutes.Infer, SlowModel.Request(300));
        await Eventually.IsTrueAsync(() => running.IsCompleted || host.Get<ModelsState>().Current.Serving[SlowModel.Name].Stable.QueueLength == 1);

        var stop = host.StopAsync();
        await Eventually.IsTrueAsync(async () =>
            (await host.Client.GetAsync(TaskRoutes.Ready, TestContext.Current.CancellationToken)).StatusCode == HttpStatusCode.ServiceUnavailable);

        Assert.Single((await running).Outputs);
        await stop;
        await Assert.ThrowsAsync<HttpRequestException>(() => host.Client.GetAsync(TaskRoutes.Live, TestContext.Current.CancellationToken));
    }

    public void Dispose() => _repository.Dispose();

    private static async Task<HttpResponseMessage> SendAsync(TestHost host, int size, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(SlowModel.Body(size));
        return await host.Client.PostAsync(TaskRoutes.Infer, content, cancellationToken);
    }

    private static Task IsRunningAsync(TestHost host) =>
        Eventually.IsTrueAsync(() => host.Get<ModelsState>().Current.Serving[SlowModel.Name].Stable.QueueLength == 1);

    private Task<TestHost> ServeAsync(params KeyValuePair<string, string?>[] settings) => TestHost.ServeAsync(_repository.Path, settings);

    /// <summary>A body whose end does not come until a test says so.</summary>
    private sealed class StallingContent : HttpContent
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void GoOn() => _end.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[1000]);
            await stream.FlushAsync();
            await _end.Task;
            await stream.WriteAsync(new byte[1000]);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 2000;
            return true;
        }
    }
}
