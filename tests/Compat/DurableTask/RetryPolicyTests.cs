using DurableTask.Core;
using Microsoft.DurableTask;
using CoreTaskFailedException = DurableTask.Core.Exceptions.TaskFailedException;

namespace Hybrid.Compat.Tests.DurableTask;

public sealed class RetryPolicyTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Defaults_AreConstantWaits_AnHourAtMost_ForEver()
    {
        var policy = new RetryPolicy(3, Second);
        Assert.Equal(3, policy.MaxNumberOfAttempts);
        Assert.Equal(Second, policy.FirstRetryInterval);
        Assert.Equal(1.0, policy.BackoffCoefficient);
        Assert.Equal(TimeSpan.FromHours(1), policy.MaxRetryInterval);
        Assert.Equal(Timeout.InfiniteTimeSpan, policy.RetryTimeout);
    }

    [Theory]
    [InlineData("maxNumberOfAttempts", 0, 1000, 1.0, 2000, 2000)]
    [InlineData("maxNumberOfAttempts", -1, 1000, 1.0, 2000, 2000)]
    [InlineData("firstRetryInterval", 1, 0, 1.0, 2000, 2000)]
    [InlineData("firstRetryInterval", 1, -1, 1.0, 2000, 2000)]
    [InlineData("backoffCoefficient", 1, 1000, 0.99, 2000, 2000)]
    [InlineData("maxRetryInterval", 1, 1000, 1.0, 999, 2000)]
    [InlineData("retryTimeout", 1, 1000, 1.0, 2000, 999)]
    public void ValueOutOfRange_IsRefusedByName(string name, int attempts, int firstMs, double coefficient, int maxMs, int timeoutMs)
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(
            attempts, TimeSpan.FromMilliseconds(firstMs), coefficient, TimeSpan.FromMilliseconds(maxMs), TimeSpan.FromMilliseconds(timeoutMs)));
        Assert.Equal(name, refusal.ParamName);
    }

    [Fact]
    public void Infinity_IsAllowedWhereItMakesSense()
    {
        var policy = new RetryPolicy(1, Second, 2.0, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Assert.Equal(Timeout.InfiniteTimeSpan, policy.MaxRetryInterval);
    }

    [Fact]
    public void EveryFailure_IsWorthARetry_UnlessThePolicySaysOtherwise() =>
        Assert.True(new RetryPolicy(3, Second).Handle(new InvalidOperationException()));

    [Fact]
    public void HandleFailure_IsAskedWithTheFailuresDetails()
    {
        var policy = new RetryPolicy(3, Second) { HandleFailure = details => details.IsCausedBy<TimeoutException>() };
        Assert.True(policy.Handle(Failed<TimeoutException>()));
        Assert.False(policy.Handle(Failed<ArgumentException>()));
        Assert.Throws<InvalidOperationException>(() => policy.Handle(new TimeoutException()));
    }

    [Fact]
    public void HandleFailure_SeesInnerFailures()
    {
        TaskFailureDetails? seen = null;
        var policy = new RetryPolicy(3, Second)
        {
            HandleFailure = details =>
            {
                seen = details;
                return true;
            },
        };
        var inner = new FailureDetails("Inner", "inside", null, null, false);
        policy.Handle(new CoreTaskFailedException("x") { FailureDetails = new FailureDetails("Outer", "outside", "trace", inner, false) });
        Assert.Equal(new TaskFailureDetails("Outer", "outside", "trace", new TaskFailureDetails("Inner", "inside", null, null, null), null), seen);
    }

    private static CoreTaskFailedException Failed<T>() =>
        new("failed") { FailureDetails = new FailureDetails(typeof(T).FullName!, "message", null, null, false) };
}
