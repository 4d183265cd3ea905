using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tests.Hosts;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Models.Budget;

/// <summary>How requests wait for a load, with a load that ends when a test says so.</summary>
public sealed class ModelLoadsTests : IAsyncLifetime
{
    private readonly TestFolder _repository = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TestHost _host = null!;
    private string _parked = "";
    private int _loads;

    private ModelsState State => _host.Get<ModelsState>();

    [Fact]
    public async Task Lease_ModelInMemory_WaitsForNothing()
    {
        using var budget = Budget(TimeSpan.FromMinutes(1));
        var lease = Loads().LeaseAsync(_parked == "a" ? "b" : "a", 0, budget);

        Assert.True(lease.IsCompletedSuccessfully);
        (await lease).Dispose();
        Assert.Equal(0, _loads);
    }

    [Fact]
    public async Task Lease_ManyAskForAParkedModel_LoadItOnce()
    {
        var loads = Loads();
        using var budget = Budget(TimeSpan.FromMinutes(1));
        var waiting = Enumerable.Range(0, 20).Select(_ => loads.LeaseAsync(_parked, 0, budget).AsTask()).ToArray();
        Assert.All(waiting, wait => Assert.False(wait.IsCompleted));

        _gate.SetResult();

        foreach (var lease in await Task.WhenAll(waiting))
        {
            Assert.Equal(_parked, lease.Model.Description.Id.Name);
            lease.Dispose();
        }

        Assert.Equal(1, _loads);
    }

    [Fact]
    public async Task Lease_BudgetEndsBeforeTheLoad_IsRefusedAndTheLoadGoesOn()
    {
        var loads = Loads();
        using var budget = Budget(TimeSpan.FromSeconds(3));
        var waiting = loads.LeaseAsync(_parked, 0, budget).AsTask();

        // A grace of 50 ms is kept for the work: at its end there is none left to wait in.
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.05));
        AssertRefused(await Assert.ThrowsAsync<HybridException>(() => waiting));

        _gate.SetResult();
        using var later = Budget(TimeSpan.FromMinutes(1));
        (await loads.LeaseAsync(_parked, 0, later)).Dispose();
        Assert.Equal(1, _loads);
    }

    [Fact]
    public async Task Lease_ClientLeaves_EndsItsWaitOnly()
    {
        var loads = Loads();
        using var client = new CancellationTokenSource();
        using var left = new RequestBudget(TimeSpan.FromMinutes(1), _time, client.Token);
        using var stays = Budget(TimeSpan.FromMinutes(1));
        var leaving = loads.LeaseAsync(_parked, 0, left).AsTask();
        var staying = loads.LeaseAsync(_parked, 0, stays).AsTask();

        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.False(staying.IsCompleted);

        _gate.SetResult();
        (await staying).Dispose();
    }

    [Fact]
    public async Task Lease_MoreThanMayWait_AreRefusedAtOnce()
    {
        var loads = Loads(mostWaiting: 3);
        using var budget = Budget(TimeSpan.FromMinutes(1));
        var waiting = Enumerable.Range(0, 3).Select(_ => loads.LeaseAsync(_parked, 0, budget).AsTask()).ToArray();

        AssertRefused(await Assert.ThrowsAsync<HybridException>(() => loads.LeaseAsync(_parked, 0, budget).AsTask()));

        _gate.SetResult();
        foreach (var lease in await Task.WhenAll(waiting))
        {
            lease.Dispose();
        }
    }

    [Fact]
    public async Task Lease_LoadFails_IsRefusedAndTriedAgainOnlyAfterAWhile()
    {
        var loads = Loads();
        using var budget = Budget(TimeSpan.FromMinutes(1));
        _gate.SetException(new InvalidDataException("no model"));

        for (var i = 0; i < 3; i++)
        {
            AssertRefused(await Assert.ThrowsAsync<HybridException>(() => loads.LeaseAsync(_parked, 0, budget).AsTask()));
        }

        Assert.Equal(1, _loads);
        _time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<HybridException>(() => loads.LeaseAsync(_parked, 0, budget).AsTask());
        Assert.Equal(2, _loads);
    }

    [Theory]
    [InlineData("nobody", 0)]
    [InlineData("", 7)]
    public async Task Lease_UnknownNameOrVersion_IsNotFoundAndLoadsNothing(string name, int version)
    {
        using var budget = Budget(TimeSpan.FromMinutes(1));

        var exception = await Assert.ThrowsAsync<HybridException>(
            () => Loads().LeaseAsync(name.Length > 0 ? name : _parked, version, budget).AsTask());

        Assert.Equal(ErrorCode.ModelNotFound, exception.Error.Code);
        Assert.Equal(0, _loads);
    }

    public async ValueTask InitializeAsync()
    {
        var size = Math.Max(WeightedModel.Write(_repository, "a", 1), WeightedModel.Write(_repository, "b", 2));
        _host = await TestHost.ServeAsync(_repository.Path, new KeyValuePair<string, string?>("Models:MemoryBudgetBytes", $"{size}"));
        _parked = State.Current.Parked.Keys.Single();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _repository.Dispose();
    }

    private static void AssertRefused(HybridException exception)
    {
        Assert.Equal(ErrorCode.Unavailable, exception.Error.Code);
        Assert.InRange(exception.Error.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
    }

    private RequestBudget Budget(TimeSpan left) => new(left, _time, TestContext.Current.CancellationToken);

    // The real load behind a gate.
    private ModelLoads Loads(int mostWaiting = 64)
    {
        return new ModelLoads(State, LoadAsync, new MemoryBudgetOptions { MaxRequestsPerLoad = mostWaiting }, _host.Get<HostTelemetry>(), _time);

        async Task LoadAsync(ModelId id)
        {
            Interlocked.Increment(ref _loads);
            await _gate.Task;
            using var budget = new RequestBudget(TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);
            (await _host.Get<IModelLoads>().LeaseAsync(id.Name, id.Version, budget)).Dispose();
        }
    }
}
