using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Admission;

public sealed class ModelAdmissionTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ModelAdmission _admission;
    private readonly RequestBudget _budget;

    public ModelAdmissionTests()
    {
        _admission = new ModelAdmission(new ModelId("m", 1), new AdaptiveLimiterOptions(), _time, NullLogger<ModelAdmission>.Instance);
        _budget = new RequestBudget(TimeSpan.FromMinutes(1), _time, CancellationToken.None);
    }

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

    public static TheoryData<Exception, AdmissionOutcome> Failures => new()
    {
        { new HybridException(ErrorCode.Internal, "broken"), AdmissionOutcome.Failed },
        { new InvalidOperationException(), AdmissionOutcome.Failed },
        { new HybridException(ErrorCode.DeadlineExceeded, "late"), AdmissionOutcome.TimedOut },
        { new HybridException(ErrorCode.Unprocessable, "too long"), AdmissionOutcome.Refused },
        { new HybridException(ErrorCode.Overloaded, "full"), AdmissionOutcome.Refused },
        { new OperationCanceledException(), AdmissionOutcome.Abandoned },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Fail_WithAnObserver_TellsItHowTheRequestEnded(Exception failure, AdmissionOutcome outcome)
    {
        var observer = new Observer();
        var place = _admission.Enter(1, observer);

        _time.Advance(TimeSpan.FromMilliseconds(30));
        ModelAdmission.Fail(place, failure, _budget);

        Assert.Equal((outcome, TimeSpan.FromMilliseconds(30)), Assert.Single(observer.Ends));
    }

    [Fact]
    public void Enter_WhereThereIsNoRoom_TellsTheObserverThatItWasRefused()
    {
        var observer = new Observer();
        for (var i = 0; i < new AdaptiveLimiterOptions().InitialConcurrency; i++)
        {
            _admission.Enter(1, observer);
        }

        Assert.Empty(observer.Ends);
        Assert.Throws<HybridException>(() => _admission.Enter(1, observer));
        Assert.Equal((AdmissionOutcome.Refused, TimeSpan.Zero), Assert.Single(observer.Ends));
    }

    public void Dispose() => _budget.Dispose();

    private sealed class Observer : IAdmissionObserver
    {
        public List<(AdmissionOutcome Outcome, TimeSpan Latency)> Ends { get; } = [];

        public void Ended(AdmissionOutcome outcome, TimeSpan latency) => Ends.Add((outcome, latency));
    }
}
