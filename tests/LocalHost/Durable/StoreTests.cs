using Hybrid.LocalHost.Durable.Engine;
using Hybrid.LocalHost.Durable.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hybrid.LocalHost.Tests.Durable;

public sealed class StoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_FileInUse_SaysSo()
    {
        await using var host = new EngineHost();
        _ = host.Engine;

        var failure = Assert.Throws<DurableStoreException>(() => DurableEngine.Open(
            host.Registry, host.Options, JsonDataConverter.Default, host.Time, NullLoggerFactory.Instance));

        Assert.Contains("in use by another process", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NewerSchema_IsRefusedAndTheFileLeftAlone()
    {
        await using var host = new EngineHost();
        _ = host.Engine;
        await host.StopAsync();
        SetVersion(host.Options.Database, 99);

        var failure = Assert.Throws<DurableStoreException>(() => host.Engine);

        Assert.Contains("schema version 99", failure.Message, StringComparison.Ordinal);
        SetVersion(host.Options.Database, 1);
        _ = host.Engine;
    }

    [Fact]
    public async Task Open_NoDatabase_SaysWhichFile()
    {
        await using var host = new EngineHost();
        await File.WriteAllTextAsync(host.Options.Database, new string('x', 5000), Cancel);

        var failure = Assert.Throws<DurableStoreException>(() => host.Engine);

        Assert.Contains(host.Options.Database, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commit_Fails_NothingIsAcknowledgedAndTheEngineGoesOn()
    {
        await using var host = new EngineHost().Orchestrator("Echo", context => Task.FromResult(context.GetInput<int>()));
        await host.RunAsync("Echo", 1);
        host.BeforeCommit = () => throw new IOException("disk full");

        await Assert.ThrowsAsync<DurableStoreException>(() => host.StartAsync("Echo", 2, "lost"));
        host.BeforeCommit = null;

        Assert.Null(await host.Client.GetInstanceAsync("lost", Cancel));
        Assert.Equal(3, (await host.RunAsync("Echo", 3)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Turn_CommitFailsOnce_IsRunAgain()
    {
        var commits = 0;
        await using var host = new EngineHost()
            .Activity("A", (int n) => n + 1)
            .Orchestrator("Call", context => context.CallActivityAsync<int>("A", 1));
        // The first commit is the start's; the second is the first turn's.
        host.BeforeCommit = () =>
        {
            if (Interlocked.Increment(ref commits) == 2)
                throw new IOException("hiccup");
        };
        var id = await host.StartAsync("Call");

        var end = host.EndAsync(id);
        while (!end.IsCompleted)
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, Cancel);
        }
        Assert.Equal(2, (await end).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Schedule_ManyAtOnce_ShareCommits()
    {
        var commits = 0;
        await using var host = new EngineHost().Orchestrator("Wait", context => context.WaitForExternalEvent<int>("go"));
        host.BeforeCommit = () => Interlocked.Increment(ref commits);
        _ = host.Engine;

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => host.StartAsync("Wait", i)));
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => host.StartAsync("Wait", i, $"again-{i}")));

        Assert.Equal(1000, host.Count("instances"));
        Assert.InRange(commits, 1, 1500);
    }

    [Fact]
    public async Task Stop_Checkpoints_OneFileIsLeft()
    {
        await using var host = new EngineHost().Orchestrator("Echo", context => Task.FromResult(context.GetInput<int>()));
        await host.RunAsync("Echo", 1);

        await host.StopAsync();

        Assert.False(File.Exists(host.Options.Database + "-wal"));
    }

    [Fact]
    public async Task Purge_AfterMuchWork_LeavesNoRowBehind()
    {
        await using var host = new EngineHost()
            .Activity("A", (int n) => n)
            .Orchestrator("Child", context => context.CallActivityAsync<int>("A", 2))
            .Orchestrator("Parent", async context =>
            {
                using var cancel = new CancellationTokenSource();
                _ = context.CreateTimer(TimeSpan.FromDays(1), cancel.Token);
                await Task.WhenAll(context.CallSubOrchestratorAsync<int>("Child"), context.CallActivityAsync<int>("A", 1));
                return 0;
            });
        await host.RunAsync("Parent", id: "p");

        await host.Client.PurgeInstanceAsync("p", new(true), Cancel);

        Assert.All(["instances", "history", "inbox", "activities"], table => Assert.Equal(0, host.Count(table)));
    }

    private static void SetVersion(string path, int version)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA user_version = {version}";
        command.ExecuteNonQuery();
    }
}
