using FsCheck;
using FsCheck.Fluent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Tests.Durable;

/// <summary>Random orchestrations, killed at random commits and opened again from the file, must end as if nothing had happened.</summary>
public sealed class CrashTests
{
    /// <summary>One step of a random orchestration.</summary>
    public enum Step
    {
        Call,
        FanOut,
        Retry,
        Sleep,
        Child,
        Event,
        ContinueAsNew,
        CaughtFailure,
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Orchestration_KilledAtRandomCommits_EndsAsWithoutACrash(int seed)
    {
        var kills = 0;
        var plans = Gen.NonEmptyListOf(Gen.Elements(Enum.GetValues<Step>())).Select(steps => steps.Take(8).ToArray());
        var crashes = Gen.ListOf(Gen.Choose(1, 6)).Select(gaps => gaps.Take(6).ToArray());
        var property = Prop.ForAll(
            Arb.From(plans),
            Arb.From(crashes),
            (plan, gaps) =>
            {
                var (expected, _) = RunAsync(plan, []).GetAwaiter().GetResult();
                var (actual, killed) = RunAsync(plan, gaps).GetAwaiter().GetResult();
                kills += killed;
                return (actual == expected).Label($"{string.Join(',', plan)} killed at {string.Join(',', gaps)}: {actual}, not {expected}");
            });
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(12).WithReplay((ulong)seed, 7ul));
        Assert.True(kills > 0, "No crash hit a running orchestration.");
    }

    [Fact]
    public async Task Activity_KilledBeforeItsResultIsRecorded_RunsAgainAndCountsOnce()
    {
        var runs = 0;
        await using var host = new EngineHost()
            .Activity<int, int>("Effect", _ => Interlocked.Increment(ref runs))
            .Orchestrator("Once", async context => await context.CallActivityAsync<int>("Effect", 0) + await context.CallActivityAsync<int>("Effect", 0));
        host.BeforeCommit = () =>
        {
            if (Volatile.Read(ref runs) > 0)
                throw new IOException("killed");
        };
        var id = await host.StartAsync("Once");
        while (Volatile.Read(ref runs) == 0)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        await host.StopAsync();
        host.BeforeCommit = null;

        var end = await host.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        Assert.Equal(3, runs);
        Assert.Equal(5, end.ReadOutputAs<int>());
        Assert.Equal(2, host.Events(id).Count(kind => kind == "TaskCompleted"));
    }

    /// <returns>How the instance ended, and how often it was killed before.</returns>
    private static async Task<(string End, int Kills)> RunAsync(Step[] plan, int[] gaps)
    {
        await using var host = new EngineHost();
        Register(host, plan);
        var kills = 0;
        var remaining = int.MaxValue;
        var killed = false;
        host.BeforeCommit = () =>
        {
            // Dead is dead: once killed, this process writes nothing more.
            if (Volatile.Read(ref killed) || Interlocked.Decrement(ref remaining) < 0)
            {
                Volatile.Write(ref killed, true);
                throw new IOException("killed");
            }
        };
        await host.StartAsync("Random", new State(0, 0), "random");
        foreach (var gap in gaps)
        {
            Volatile.Write(ref remaining, gap);
            await DriveAsync(host, () => Volatile.Read(ref killed));
            await host.StopAsync();
            kills += Volatile.Read(ref killed) ? 1 : 0;
            Volatile.Write(ref remaining, int.MaxValue);
            Volatile.Write(ref killed, false);
        }
        await DriveAsync(host, () => false);
        var end = await host.EndAsync("random");
        return ($"{end.RuntimeStatus} {end.SerializedOutput} {end.SerializedCustomStatus} {end.FailureDetails}", kills);
    }

    /// <summary>Lets time pass and raises what is waited for, until the instance ends or the process is killed.</summary>
    private static async Task DriveAsync(EngineHost host, Func<bool> isKilled)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isKilled())
        {
            if (await host.Client.GetInstanceAsync("random", limit.Token) is { IsCompleted: true })
                return;
            host.Time.Advance(TimeSpan.FromSeconds(5));
            try
            {
                await host.Client.RaiseEventAsync("random", "go", 1, limit.Token);
            }
            catch (Hybrid.LocalHost.Durable.Storage.DurableStoreException)
            {
                return;
            }
            await Task.Delay(2, limit.Token);
        }
    }

    private static void Register(EngineHost host, Step[] plan)
    {
        host.Activity("Add", (int[] pair) => pair[0] + pair[1]);
        // Fails by its input, never by how often it ran: an attempt that is repeated after a crash must end the same.
        host.Activity<int, int>("Fail", attempt => attempt < 2 ? throw new TimeoutException($"attempt {attempt}") : attempt);
        host.Orchestrator("Sub", async context => await context.CallActivityAsync<int>("Add", new[] { context.GetInput<int>(), 1000 }));
        host.Orchestrator("Random", async context =>
        {
            var (index, sum) = context.GetInput<State>()!;
            for (; index < plan.Length; index++)
            {
                context.SetCustomStatus(index);
                if (plan[index] == Step.ContinueAsNew)
                {
                    context.ContinueAsNew(new State(index + 1, sum + 1));
                    return sum;
                }
                sum += await RunStepAsync(context, plan[index], sum);
            }
            return sum;
        });
    }

    private static async Task<int> RunStepAsync(TaskOrchestrationContext context, Step step, int sum)
    {
        switch (step)
        {
            case Step.Call:
                return await context.CallActivityAsync<int>("Add", new[] { sum, 1 });
            case Step.FanOut:
                return (await Task.WhenAll(Enumerable.Range(0, 5).Select(i => context.CallActivityAsync<int>("Add", new[] { sum, i })))).Sum();
            case Step.Retry:
                var attempt = 0;
                while (true)
                {
                    try
                    {
                        return await context.CallActivityAsync<int>("Fail", attempt);
                    }
                    catch (TaskFailedException)
                    {
                        attempt++;
                        await context.CreateTimer(TimeSpan.FromSeconds(3), CancellationToken.None);
                    }
                }
            case Step.Sleep:
                await context.CreateTimer(TimeSpan.FromSeconds(7), CancellationToken.None);
                return 7;
            case Step.Child:
                return await context.CallSubOrchestratorAsync<int>("Sub", sum);
            case Step.Event:
                return await context.WaitForExternalEvent<int>("go");
            default:
                var policy = new RetryPolicy(2, TimeSpan.FromSeconds(2));
                try
                {
                    return await context.CallActivityAsync<int>("Fail", 0, TaskOptions.FromRetryPolicy(policy));
                }
                catch (TaskFailedException failed)
                {
                    return failed.FailureDetails.ErrorMessage.Length;
                }
        }
    }

    private sealed record State(int Index, int Sum);
}
