using System.Diagnostics.Metrics;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Hosting;

/// <summary>Requests with little time in one batch with others.</summary>
public sealed class SharedBatchTests : IAsyncLifetime
{
    private readonly TestFolder _repository = new();
    private TestHost _host = null!;
    private MeterSums _sums = null!;

    public async ValueTask InitializeAsync()
    {
        SlowEncoder.WriteTo(_repository);

        // Two texts fill a batch, and an idle device waits so long for the second that they always share one.
        _host = await TestHost.ServeAsync(
            _repository.Path, new("Execution:IntraOpThreads", "1"), new("Batching:MaxBatchRequests", "2"), new("Batching:MaxQueueDelayMicroseconds", "1000000"));
        _sums = new MeterSums(_host.Get<IMeterFactory>(), "model");
    }

    [Fact]
    public async Task Budget_OverOnTheDevice_Is504WhileTheOtherItemIsAnswered()
    {
        // Some seconds of one core.
        var request = SlowEncoder.Request(700);
        var patient = _host.PostAsync<EmbedRequest, EmbedReply>(TaskRoutes.Embed, request);
        var hasty = _host.PostForErrorAsync(TaskRoutes.Embed, Wire.Encode(request), (HybridHeaders.BudgetMs, "500"));

        Assert.Equal(ErrorCode.DeadlineExceeded, (await hasty).Error.Code);
        Assert.False(patient.IsCompleted);
        Assert.Equal(1, (await patient).Count);
        Assert.Equal(1, _sums["hybrid.host.compute.duration"]);
    }

    [Fact]
    public async Task Budget_OverForAllOfABatch_EndsTheRun()
    {
        // Minutes of one core, if nobody ended it. A budget that leaves no room for the delay would have each of them begin alone.
        var request = Wire.Encode(SlowEncoder.Request(SlowEncoder.Endless));
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ =>
            _host.PostForErrorAsync(TaskRoutes.Embed, request, (HybridHeaders.BudgetMs, "3000"))));

        Assert.All(both, answer => Assert.Equal(ErrorCode.DeadlineExceeded, answer.Error.Code));
        await _host.PostAsync<EmbedRequest, EmbedReply>(TaskRoutes.Embed, SlowEncoder.Request(4));
        Assert.Equal(2, _sums["hybrid.host.compute.duration"]);
    }

    public async ValueTask DisposeAsync()
    {
        _sums.Dispose();
        await _host.DisposeAsync();
        _repository.Dispose();
    }
}
