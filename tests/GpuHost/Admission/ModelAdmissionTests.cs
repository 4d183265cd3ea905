using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Admission;

public sealed class ModelAdmissionTests : IDisposable
{
    private readonly ModelAdmission _admission = new(new ModelId("m", 1), new AdaptiveLimiterOptions(), new FakeTimeProvider(), NullLogger<ModelAdmission>.Instance);
    private readonly RequestBudget _budget = new(TimeSpan.FromMinutes(1), new FakeTimeProvider(), CancellationToken.None);

    [Fact]
    public async Task Complete_AnAnswerThatIsReadWhileItIsMade_IsInFlightUntilItIsMade()
    {
        var made = new TaskCompletionSource<double>();

        var completed = ModelAdmission.CompleteAsync(_admission.Enter(1), _budget, made.Task);

        Assert.Equal(1, _admission.Snapshot.InFlight);
        made.SetResult(5);
        await completed;
        Assert.Equal(0, _admission.Snapshot.InFlight);
    }

    [Fact]
    public async Task Complete_AnAnswerWhoseMakingFails_GivesItsPlaceBack()
    {
        var made = new TaskCompletionSource<double>();
        var completed = ModelAdmission.CompleteAsync(_admission.Enter(1), _budget, made.Task);

        made.SetException(new OperationCanceledException());

        await completed;
        Assert.Equal(0, _admission.Snapshot.InFlight);
    }

    [Fact]
    public void Fail_ARequestThatIsRefused_GivesItsPlaceBack()
    {
        ModelAdmission.Fail(_admission.Enter(1), new HybridException(ErrorCode.Unprocessable, "too long"), _budget);

        Assert.Equal(0, _admission.Snapshot.InFlight);
    }

    public void Dispose() => _budget.Dispose();
}
