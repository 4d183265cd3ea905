using Azure.Storage.Queues;
using Hybrid.LocalHost.TestApp;
using Hybrid.LocalHost.Tests.Hosting;

namespace Hybrid.LocalHost.Tests.Triggers;

public sealed class QueueTriggerTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private QueueClient Queue(string name) => new(azurite.ConnectionString, name);

    private async Task<TestHost> StartAsync(string hostJson = TestHost.HostJson)
    {
        // The tests of this class share an account and run one after another: each begins with empty queues.
        foreach (var name in new[] { "jobs", "jobs-poison", "raw", "bytes", "bytes-poison" })
        {
            await Queue(name).CreateIfNotExistsAsync(cancellationToken: Cancel);
            await Queue(name).ClearMessagesAsync(Cancel);
        }
        return await TestHost.StartAsync(new() { ["AzureWebJobsStorage"] = azurite.ConnectionString }, [typeof(QueueFunctions)], hostJson);
    }

    [Fact]
    public async Task Messages_Sent_RunOnceEachAndAreDeleted()
    {
        await using var host = await StartAsync();
        for (var i = 0; i < 40; i++)
            await Queue("jobs").SendMessageAsync($"n{i}", Cancel);

        var done = await host.Recorder.WaitAsync("done", 40, Cancel);

        Assert.Equal(40, done.Distinct().Count());
        Assert.Equal(40, host.Recorder.Entries.Count(entry => entry == "inner Jobs"));
        await EmptyAsync("jobs");
    }

    [Fact]
    public async Task Message_FailsEveryTime_GoesToThePoisonQueueAsItWas()
    {
        await using var host = await StartAsync();
        await Queue("jobs").SendMessageAsync("bad äöü", Cancel);

        var buried = await FirstAsync("jobs-poison");

        Assert.Equal("bad äöü", buried);
        Assert.Equal(["job bad äöü #1", "job bad äöü #2", "job bad äöü #3"], host.Recorder.Entries.Where(entry => entry.StartsWith("job", StringComparison.Ordinal)));
        await EmptyAsync("jobs");
    }

    [Fact]
    public async Task Message_RunsLongerThanItsLease_IsNotGivenToAnother()
    {
        await using var host = await StartAsync();
        await Queue("jobs").SendMessageAsync("long", Cancel);

        await host.Recorder.WaitAsync("done long", 1, Cancel);

        Assert.Single(host.Recorder.Entries, entry => entry.StartsWith("job long", StringComparison.Ordinal));
        await EmptyAsync("jobs");
    }

    [Fact]
    public async Task Message_OfEveryParameterType_IsBound()
    {
        await using var host = await StartAsync();
        await Queue("raw").SendMessageAsync("hello", Cancel);
        await Queue("bytes").SendMessageAsync("12345", Cancel);

        Assert.Equal("raw hello 1", (await host.Recorder.WaitAsync("raw", 1, Cancel))[0]);
        Assert.Equal("bytes 5", (await host.Recorder.WaitAsync("bytes", 1, Cancel))[0]);
    }

    [Fact]
    public async Task Base64_Configured_DecodesAndBuriesWhatIsNot()
    {
        await using var host = await StartAsync(TestHost.HostJson.Replace("\"none\"", "\"base64\"", StringComparison.Ordinal));
        await Queue("bytes").SendMessageAsync(Convert.ToBase64String(new byte[77]), Cancel);
        await Queue("bytes").SendMessageAsync("no base64!", Cancel);

        Assert.Equal("bytes 77", (await host.Recorder.WaitAsync("bytes", 1, Cancel))[0]);
        Assert.Equal("no base64!", await FirstAsync("bytes-poison"));
    }

    [Fact]
    public async Task Queue_Missing_IsMadeAndTheHostBecomesReady()
    {
        await using var host = await StartAsync();
        await Queue("jobs").DeleteAsync(Cancel);

        while (!(await host.Http.GetStringAsync("/admin/host/status", Cancel)).Contains("Running", StringComparison.Ordinal))
            await Task.Delay(20, Cancel);
        while (!await Queue("jobs").ExistsAsync(Cancel))
            await Task.Delay(20, Cancel);
    }

    [Fact]
    public async Task Stop_MessageRuns_IsFinishedFirst()
    {
        await using var host = await StartAsync();
        await Queue("jobs").SendMessageAsync("wait", Cancel);
        await host.Recorder.WaitAsync("job wait", 1, Cancel);

        var stop = host.App.StopAsync(Cancel);
        host.Recorder.OpenGate();
        await stop;

        Assert.Contains("done wait", host.Recorder.Entries);
        await EmptyAsync("jobs");
    }

    private async Task EmptyAsync(string queue)
    {
        while ((await Queue(queue).GetPropertiesAsync(Cancel)).Value.ApproximateMessagesCount > 0)
            await Task.Delay(20, Cancel);
    }

    private async Task<string> FirstAsync(string queue)
    {
        while (true)
        {
            if ((await Queue(queue).ReceiveMessagesAsync(1, cancellationToken: Cancel)).Value is [var message])
                return message.Body.ToString();
            await Task.Delay(20, Cancel);
        }
    }
}
