using System.Diagnostics.Metrics;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Hosting;

/// <summary>
/// 500 clients over real sockets who all leave in the middle, wherever that is. Afterwards the host holds nothing of them: no place,
/// no queued item, no run. That it logged no error and that every lease came back shows when it is disposed.
/// </summary>
public sealed class DisconnectTests : IAsyncLifetime
{
    private const string Active = "hybrid.host.requests.active";
    private const string Queued = "hybrid.host.requests.queued";
    private const string Running = "hybrid.host.requests.running";
    private const string Zeros = "zeros";

    // Far more than two socket buffers hold.
    private const long LargeAnswer = 4_000_000;

    private static readonly string[] All = [Active, Queued, Running, "hybrid.host.queue.length", "hybrid.host.buffers.lent", "hybrid.host.limiter.in_flight"];

    private readonly TestFolder _repository = new();
    private TestHost _host = null!;
    private HostGauges _gauges = null!;

    public async ValueTask InitializeAsync()
    {
        SlowEncoder.WriteTo(_repository);
        Graphs.WriteZeros(_repository.Path, Zeros);
        _host = await TestHost.ServeAsync(
            _repository.Path,
            new("Admission:Adaptive:InitialConcurrency", "512"),
            new("Batching:MaxBatchTokens", $"{512 * SlowEncoder.Endless}"),
            new("Batching:MaxBatchRequests", "100"));
        _gauges = new HostGauges(_host.Get<IMeterFactory>());
    }

    [Fact]
    public async Task Clients_ThatLeaveInTheMiddle_LeaveNothingBehind()
    {
        var slow = Wire.Encode(SlowEncoder.Request(SlowEncoder.Endless));
        var zeros = Wire.Encode(new InferRequest(Zeros, 0, [Tensor.Of("count", TensorType.Int64, [1], [LargeAnswer])], []));

        // While their requests come; while they wait and run; while the answers go.
        await LeaveAsync(180, TaskRoutes.Embed, slow, slow.Length / 2, () => _gauges[Active] == 180);
        await LeaveAsync(300, TaskRoutes.Embed, slow, slow.Length, () => _gauges[Queued] + _gauges[Running] == 300 && _gauges[Running] > 0 && _gauges[Queued] >= 100);
        await LeaveAsync(20, TaskRoutes.Infer, zeros, zeros.Length, () => _gauges[Active] == 20 && _gauges[Queued] + _gauges[Running] == 0, readsSome: true);

        await _host.PostAsync<EmbedRequest, EmbedReply>(TaskRoutes.Embed, SlowEncoder.Request(4));
        await Eventually.IsTrueAsync(() => All.All(gauge => _gauges[gauge] == 0));
    }

    public async ValueTask DisposeAsync()
    {
        _gauges.Dispose();
        await _host.DisposeAsync();
        _repository.Dispose();
    }

    // So many clients come, get as far as was asked for, and go all at once.
    private async Task LeaveAsync(int count, string route, byte[] body, int sent, Func<bool> reached, bool readsSome = false)
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => RawClient.SendAsync(_host.Client.BaseAddress!, route, body, sent)));
        if (readsSome)
        {
            Assert.All(await Task.WhenAll(clients.Select(client => client.ReadSomeAsync())), text => Assert.StartsWith("HTTP/1.1 200", text, StringComparison.Ordinal));
        }

        await Eventually.IsTrueAsync(reached);
        Array.ForEach(clients, client => client.Dispose());
        await Eventually.IsTrueAsync(() => All.All(gauge => _gauges[gauge] == 0));
    }
}
