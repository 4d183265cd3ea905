namespace Hybrid.LocalHost.Tests.Durable;

public sealed class ExternalEventTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Event_BeforeItIsAwaited_IsKept()
    {
        await using var host = new EngineHost()
            .Orchestrator("Two", async context =>
            {
                var first = await context.WaitForExternalEvent<int>("first");
                return first * 10 + await context.WaitForExternalEvent<int>("second");
            });
        var id = await host.StartAsync("Two");
        await host.Client.RaiseEventAsync(id, "SECOND", 2, Cancel);
        await host.Client.RaiseEventAsync(id, "First", 1, Cancel);

        Assert.Equal(12, (await host.EndAsync(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Event_TimesOut_WaiterIsCancelledAndALaterEventWaitsForTheNext()
    {
        await using var host = new EngineHost().Orchestrator("Patience", async context =>
        {
            try
            {
                return await context.WaitForExternalEvent<string>("answer", TimeSpan.FromMinutes(1));
            }
            catch (OperationCanceledException)
            {
                context.SetCustomStatus("timed out");
                return "late " + await context.WaitForExternalEvent<string>("answer");
            }
        });
        var id = await host.StartAsync("Patience");
        await host.UntilAsync(id, instance => instance.IsRunning);
        while ((await host.Client.GetInstanceAsync(id, true, Cancel))!.SerializedCustomStatus is null)
        {
            host.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(5, Cancel);
        }
        await host.Client.RaiseEventAsync(id, "answer", "yes", Cancel);

        Assert.Equal("late yes", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Event_ToACancelledWaiterOnly_IsKeptForTheNextWaiter()
    {
        await using var host = new EngineHost().Orchestrator("Abandon", async context =>
        {
            using var give = new CancellationTokenSource();
            var abandoned = context.WaitForExternalEvent<string>("x", give.Token);
            give.Cancel();
            await context.WaitForExternalEvent<string>("sync");
            return abandoned.IsCanceled ? await context.WaitForExternalEvent<string>("x") : "lost";
        });
        var id = await host.StartAsync("Abandon");
        await host.Client.RaiseEventAsync(id, "x", "kept", Cancel);
        await host.Client.RaiseEventAsync(id, "sync", "", Cancel);

        Assert.Equal("kept", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Event_BeforeATimeoutButBothSeenLate_Wins()
    {
        await using var host = new EngineHost().Orchestrator("Race", context => context.WaitForExternalEvent<string>("x", TimeSpan.FromMinutes(1)));
        var id = await host.StartAsync("Race");
        await host.UntilAsync(id, instance => instance.IsRunning);
        await host.Client.SuspendInstanceAsync(id, cancellation: Cancel);
        await host.UntilAsync(id, instance => instance.RuntimeStatus.ToString() == "Suspended");
        host.Time.Advance(TimeSpan.FromSeconds(30));
        await host.Client.RaiseEventAsync(id, "x", "in time", Cancel);
        host.Time.Advance(TimeSpan.FromSeconds(90));
        await host.Client.ResumeInstanceAsync(id, cancellation: Cancel);

        Assert.Equal("in time", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Event_OfAnotherType_FailsTheWaiterNotTheEngine()
    {
        await using var host = new EngineHost().Orchestrator("Typed", context => context.WaitForExternalEvent<int>("n"));
        var id = await host.StartAsync("Typed");
        await host.Client.RaiseEventAsync(id, "n", "text", Cancel);

        Assert.Equal("System.Text.Json.JsonException", (await host.EndAsync(id)).FailureDetails?.ErrorType);
    }

    [Fact]
    public async Task Event_ForAnEndedOrUnknownInstance_IsDropped()
    {
        await using var host = new EngineHost().Orchestrator("Quick", _ => Task.FromResult(1));
        await host.RunAsync("Quick", id: "q");

        await host.Client.RaiseEventAsync("q", "x", 1, Cancel);
        await host.Client.RaiseEventAsync("nobody", "x", 1, Cancel);

        Assert.Equal(0, host.Count("inbox"));
    }
}
