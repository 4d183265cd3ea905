using Microsoft.DurableTask;

namespace Hybrid.LocalHost.Tests.Durable;

public sealed class TimerTests
{
    private static readonly int[] Delays = [5, 1, 4, 2, 3];

    [Fact]
    public async Task Timer_TimePasses_FiresNotBeforeItIsDue()
    {
        await using var host = new EngineHost().Orchestrator("Sleep", async context =>
        {
            var due = context.CurrentUtcDateTime.AddHours(3);
            await context.CreateTimer(due, CancellationToken.None);
            return context.CurrentUtcDateTime - due;
        });
        var id = await host.StartAsync("Sleep");
        await host.UntilAsync(id, instance => instance.IsRunning);
        host.Time.Advance(TimeSpan.FromHours(3) - TimeSpan.FromTicks(1));
        Assert.False((await host.Client.GetInstanceAsync(id, TestContext.Current.CancellationToken))!.IsCompleted);

        var end = await host.EndWithTimeAsync(id, TimeSpan.FromSeconds(30));

        Assert.InRange(end.ReadOutputAs<TimeSpan>(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Timer_DueWhileStopped_FiresAfterTheStart()
    {
        await using var host = new EngineHost().Orchestrator("Sleep", async context =>
        {
            await context.CreateTimer(TimeSpan.FromDays(100), CancellationToken.None);
            return "woke";
        });
        var id = await host.StartAsync("Sleep");
        await host.UntilAsync(id, instance => instance.IsRunning);
        await host.StopAsync();
        host.Time.Advance(TimeSpan.FromDays(400));

        Assert.Equal("woke", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Timer_Cancelled_ThrowsToItsWaiterAndLeavesNothingBehind()
    {
        await using var host = new EngineHost().Orchestrator("Cancel", async context =>
        {
            using var cancel = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromDays(1), cancel.Token);
            var other = await context.WaitForExternalEvent<string>("go");
            cancel.Cancel();
            try
            {
                await timer;
                return "fired";
            }
            catch (OperationCanceledException)
            {
                await context.WaitForExternalEvent<string>("end");
                return other;
            }
        });
        var id = await host.StartAsync("Cancel");
        await host.UntilAsync(id, instance => instance.IsRunning);
        Assert.Equal(1, host.Count("inbox"));
        await host.Client.RaiseEventAsync(id, "go", "cancelled", TestContext.Current.CancellationToken);
        while (host.Count("inbox") > 0)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        await host.RestartAsync();
        await host.Client.RaiseEventAsync(id, "end", "", TestContext.Current.CancellationToken);

        Assert.Equal("cancelled", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Timers_ManyAtOnce_FireInTheirOrder()
    {
        await using var host = new EngineHost().Orchestrator("Race", async context =>
        {
            var order = new List<int>();
            async Task Sleep(int n)
            {
                await context.CreateTimer(TimeSpan.FromSeconds(n), CancellationToken.None);
                order.Add(n);
            }
            await Task.WhenAll(Delays.Select(Sleep));
            return order;
        });
        var id = await host.StartAsync("Race");
        await host.UntilAsync(id, instance => instance.IsRunning);
        await host.StopAsync();
        host.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal([1, 2, 3, 4, 5], (await host.EndAsync(id)).ReadOutputAs<List<int>>());
    }

    [Fact]
    public async Task Schedule_StartAt_WaitsForItAndKeepsEarlierEvents()
    {
        await using var host = new EngineHost().Orchestrator("Later", async context =>
            (await context.WaitForExternalEvent<int>("n"), context.CurrentUtcDateTime).ToString());
        var startAt = host.Time.GetUtcNow().AddMinutes(10);
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Later", null, new StartOrchestrationOptions("later", startAt), TestContext.Current.CancellationToken);
        await host.Client.RaiseEventAsync(id, "n", 5, TestContext.Current.CancellationToken);
        await host.RestartAsync();
        Assert.Equal("Pending", (await host.Client.GetInstanceAsync(id, TestContext.Current.CancellationToken))!.RuntimeStatus.ToString());

        var end = await host.EndWithTimeAsync(id, TimeSpan.FromSeconds(20));

        Assert.StartsWith("(5, ", end.ReadOutputAs<string>(), StringComparison.Ordinal);
        Assert.True(end.LastUpdatedAt >= startAt);
    }
}
