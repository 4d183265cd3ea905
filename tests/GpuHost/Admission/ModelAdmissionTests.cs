using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Admission;

public sealed class ModelAdmissionTests : IDisposable
{
    private readonly ModelAdmission _admission = new(new ModelId("m", 1), new AdaptiveLimiterOptions(), new FakeTimeProvider(), NullLogger<ModelAdmission>.Instance);
    private readonly RequestBudget _budget = new(TimeSpan.FromMinutes(1), new FakeTimeProvider(), CancellationToken.None);

    [Fact]
    public async Task Begin_AnAnswerThatIsReadWhileItIsMade_IsInFlightUntilItIsMade()
    {
        var made = new TaskCompletionSource<double>();

        var answer = await _admission.BeginAsync(1, _budget, () => Task.FromResult("answer"), _ => made.Task);

        // Whatever the reader does with it now.
        Assert.Equal(("answer", 1), (answer, _admission.Snapshot.InFlight));
        made.SetResult(5);
        await Eventually.IsTrueAsync(() => _admission.Snapshot.InFlight == 0);
    }

    [Fact]
    public async Task Begin_AnAnswerWhoseMakingFails_GivesItsPlaceBack()
    {
        var made = new TaskCompletionSource<double>();
        await _admission.BeginAsync(1, _budget, () => Task.FromResult("answer"), _ => made.Task);

        made.SetException(new OperationCanceledException());

        await Eventually.IsTrueAsync(() => _admission.Snapshot.InFlight == 0);
    }

    [Fact]
    public async Task Begin_ARequestThatIsRefused_GivesItsPlaceBackAndSaysWhy()
    {
        var refusal = new HybridException(ErrorCode.Unprocessable, "too long");

        var thrown = await Assert.ThrowsAsync<HybridException>(
            () => _admission.BeginAsync(1, _budget, () => Task.FromException<string>(refusal), _ => Task.FromResult(1.0)));

        Assert.Same(refusal, thrown);
        Assert.Equal(0, _admission.Snapshot.InFlight);
    }

    public void Dispose() => _budget.Dispose();
}
