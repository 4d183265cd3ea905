using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Models;

/// <summary>Models come and go while they are used.</summary>
public sealed class ModelsStateTests : IAsyncLifetime
{
    private readonly TestFolder _repository = new();
    private TestHost _host = null!;

    private ModelsState State => _host.Get<ModelsState>();

    [Fact]
    public async Task Publish_OverALeasedModel_TheLeaseGoesOnWithTheOldOne()
    {
        using var lease = State.Lease("sum");
        var old = lease.Model;

        State.Publish(Load(2));

        Assert.Equal(1, (await RunAsync(lease)).Version);
        using var next = State.Lease("sum");
        Assert.Equal(2, (await RunAsync(next)).Version);
        lease.Dispose();
        Assert.False(old.TryLease(out _));
    }

    [Fact]
    public async Task Publish_UnderLoad_NoRequestIsLost()
    {
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var versions = new HashSet<int>();
            while (!stop.IsCancellationRequested)
            {
                using var lease = State.Lease("sum");
                versions.Add((await RunAsync(lease)).Version);
            }

            return versions;
        })).ToArray();
        for (var version = 2; version <= 12; version++)
        {
            State.Publish(Load(version));
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Equal(12, State.Current.Serving["sum"].Stable.Description.Id.Version);
    }

    [Fact]
    public void Withdraw_Model_IsNotFoundAnyMore()
    {
        State.Withdraw("sum");

        var exception = Assert.Throws<HybridException>(() => State.Lease("sum"));
        Assert.Equal(ErrorCode.ModelNotFound, exception.Error.Code);
        Assert.False(State.Current.IsReady);
    }

    public async ValueTask InitializeAsync()
    {
        Graphs.WriteSum(_repository.Path, "sum");
        _host = await TestHost.ServeAsync(_repository.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _repository.Dispose();
    }

    private static async Task<InferReply> RunAsync(ModelLease lease)
    {
        var row = Tensor.Of("a", TensorType.Fp32, [1, 3], [1f, 2, 3]);
        var request = new InferRequest("sum", 0, [row, row with { Name = "b" }, new("label", TensorType.Bytes, [1], new byte[4])], []);
        using var budget = new RequestBudget(TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);
        return await lease.Model.Tensors.RunAsync(request, default, budget);
    }

    private LoadedModel Load(int version) => _host.Get<ModelLoader>().Load(new ModelId("sum", version), _repository.Combine("sum", "1"));
}
