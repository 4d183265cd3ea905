using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Caching.Flights;

namespace Hybrid.Orchestrations.Tests.Caching;

public sealed class SingleFlightTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly SingleFlight<string> _flights = new(failure => failure is HybridException { Error.Code: ErrorCode.DeadlineExceeded });
    private int _computations;

    [Fact]
    public async Task Callers_OfOneKeyAtOnce_GetOneComputation()
    {
        var gate = new TaskCompletionSource();
        var callers = Enumerable.Range(0, 1_000).Select(_ => Task.Run(() => RunAsync(["a"], gate.Task, Cancellation))).ToList();
        await UntilAsync(() => Volatile.Read(ref _computations) == 1);
        gate.SetResult();
        var results = await Task.WhenAll(callers);

        Assert.All(results, result => Assert.Equal("A", result.Single().Value));
        Assert.Equal(0, _flights.Count);
    }

    [Fact]
    public async Task Callers_OfOverlappingKeys_ComputeEachOnce()
    {
        var gate = new TaskCompletionSource();
        var first = RunAsync(["a", "b", "a"], gate.Task, Cancellation);
        var second = RunAsync(["b", "c"], Task.CompletedTask, Cancellation);
        gate.SetResult();

        Assert.Equal([new("A", false), new("B", false), new("A", false)], await first);
        Assert.Equal([new("B", true), new Landed<string>("C", false)], await second);
    }

    [Fact]
    public async Task Caller_WhoLeaves_LeavesTheOthersTheirComputation()
    {
        var gate = new TaskCompletionSource();
        using var leaving = new CancellationTokenSource();
        var first = RunAsync(["a"], gate.Task, leaving.Token);
        var second = RunAsync(["a"], gate.Task, Cancellation);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.Equal("A", (await second).Single().Value);
        Assert.Equal(1, _computations);
    }

    [Fact]
    public async Task Computation_ThatNobodyWaitsFor_IsCalledOff()
    {
        using var leaving = new CancellationTokenSource();
        var calledOff = new TaskCompletionSource();
        var callers = Enumerable.Range(0, 10).Select(_ => _flights.RunAsync(
            ["a"],
            async (_, token) =>
            {
                await using var registration = token.Register(calledOff.SetResult);
                await Task.Delay(Timeout.Infinite, token);
                return ["A"];
            },
            leaving.Token)).ToList();

        await leaving.CancelAsync();
        foreach (var caller in callers)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
        }

        await calledOff.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        Assert.Equal("A", (await RunAsync(["a"], Task.CompletedTask, Cancellation)).Single().Value);
    }

    [Fact]
    public async Task Failure_IsEverybodysWhoWaits_AndNobodysAfterwards()
    {
        var gate = new TaskCompletionSource();
        var callers = Enumerable.Range(0, 10).Select(_ => RunAsync(["a"], gate.Task, Cancellation)).ToList();
        gate.SetException(new HybridException(ErrorCode.Overloaded, "full"));

        foreach (var caller in callers)
        {
            Assert.Equal(ErrorCode.Overloaded, (await Assert.ThrowsAsync<HybridException>(() => caller)).Error.Code);
        }

        Assert.Equal(1, _computations);
        Assert.Equal("A", (await RunAsync(["a"], Task.CompletedTask, Cancellation)).Single().Value);
    }

    [Fact]
    public async Task FirstCallersDeadline_IsNotTheOthers()
    {
        var gate = new TaskCompletionSource();
        var first = RunAsync(["a"], gate.Task, Cancellation);
        var others = Enumerable.Range(0, 10).Select(_ => RunAsync(["a"], Task.CompletedTask, Cancellation)).ToList();
        gate.SetException(new HybridException(ErrorCode.DeadlineExceeded, "late"));

        Assert.Equal(ErrorCode.DeadlineExceeded, (await Assert.ThrowsAsync<HybridException>(() => first)).Error.Code);
        Assert.All(await Task.WhenAll(others), result => Assert.Equal("A", result.Single().Value));
        Assert.InRange(_computations, 2, 11);
    }

    private Task<IReadOnlyList<Landed<string>>> RunAsync(string[] keys, Task gate, CancellationToken cancellation) => _flights.RunAsync(
        keys,
        async (places, token) =>
        {
            Interlocked.Increment(ref _computations);
            await gate.WaitAsync(token);
            return [.. places.Select(place => keys[place].ToUpperInvariant())];
        },
        cancellation);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
