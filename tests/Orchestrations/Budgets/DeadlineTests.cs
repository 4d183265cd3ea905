using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Budgets;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.Orchestrations.Tests.Budgets;

public sealed class DeadlineTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Left_AsTimePasses_RunsDownToZeroAndNoFurther()
    {
        var deadline = Deadline.After(TimeSpan.FromSeconds(2), _time);

        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), deadline.Left);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, deadline.Left);
        Assert.True(deadline.HasPassed);
    }

    [Fact]
    public async Task RunAsync_PastTheDeadline_IsATimeoutThatNamesTheWork()
    {
        var work = Deadline.After(TimeSpan.FromSeconds(2), _time).RunAsync("Counting", Forever, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(2));

        var error = (await Assert.ThrowsAsync<HybridException>(() => work)).Error;
        Assert.Equal(ErrorCode.DeadlineExceeded, error.Code);
        Assert.Equal("Counting did not end within 2000 ms.", error.Message);
    }

    [Fact]
    public async Task RunAsync_CallerLeaves_IsACancellation()
    {
        using var caller = new CancellationTokenSource();
        var work = Deadline.After(TimeSpan.FromSeconds(2), _time).RunAsync("Counting", Forever, caller.Token);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
    }

    private static async Task<int> Forever(CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        return 0;
    }
}
