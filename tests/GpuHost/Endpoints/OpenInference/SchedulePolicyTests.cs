using System.Net;
using System.Text;
using Hybrid.Contracts.Headers;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Endpoints.OpenInference;

/// <summary>The schedule policy extension: how long a request wants to wait, said in the request itself.</summary>
public sealed class SchedulePolicyTests : IDisposable
{
    private readonly TestFolder _repository = new();

    public SchedulePolicyTests() => SlowModel.WriteTo(_repository);

    [Fact]
    public async Task Timeout_OfARequestThatWaitsTooLong_IsAnsweredWhileTheDeviceWorksOn()
    {
        await using var host = await TestHost.ServeAsync(_repository.Path, KeyValuePair.Create("Batching:AllowTimeoutOverride", (string?)"true"));
        using var client = new CancellationTokenSource();
        using var endless = new HttpRequestMessage(HttpMethod.Post, TaskRoutes.Infer) { Content = new ByteArrayContent(SlowModel.Body(SlowModel.Endless)) };
        var running = host.Client.SendAsync(endless, client.Token);
        await Eventually.IsTrueAsync(() => host.Get<ModelsState>().Current.Serving[SlowModel.Name].Stable.Admission.Snapshot.InFlight == 1);

        var answer = await host.SendAsync(
            "/v2/models/slow/infer",
            Encoding.UTF8.GetBytes("""{"inputs":[{"name":"x","shape":[1,1],"datatype":"FP32","data":[1]}],"parameters":{"timeout":20000,"priority":1}}"""));

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.False(running.IsCompleted);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    public void Dispose() => _repository.Dispose();
}
