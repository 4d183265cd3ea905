using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.Compat.Tests.DurableTask;

public sealed class TaskOptionsTests
{
    private static readonly RetryPolicy Policy = new(3, TimeSpan.FromSeconds(1));

    [Fact]
    public async Task RetryOptions_HoldAPolicyOrAHandler()
    {
        Assert.Same(Policy, TaskOptions.FromRetryPolicy(Policy).Retry?.Policy);
        Assert.Null(TaskOptions.FromRetryPolicy(Policy).Retry?.Handler);

        AsyncRetryHandler later = context => Task.FromResult(context.LastAttemptNumber < 2);
        Assert.Same(later, TaskOptions.FromRetryHandler(later).Retry?.Handler);

        RetryHandler now = context => context.LastAttemptNumber < 2;
        var handler = TaskOptions.FromRetryHandler(now).Retry?.Handler;
        Assert.True(await handler!(Attempt(1)));
        Assert.False(await handler(Attempt(2)));
    }

    [Fact]
    public void RetryOptions_AreMadeOfEitherImplicitly()
    {
        TaskRetryOptions policy = Policy;
        TaskRetryOptions handler = (RetryHandler)(_ => true);
        Assert.NotNull(policy.Policy);
        Assert.NotNull(handler.Handler);
        Assert.Throws<ArgumentNullException>(() => new TaskRetryOptions((RetryPolicy)null!));
        Assert.Throws<ArgumentNullException>(() => TaskRetryOptions.FromRetryHandler((RetryHandler)null!));
    }

    [Fact]
    public void WithInstanceId_KeepsRetryTagsAndVersion()
    {
        var options = new TaskOptions(Policy, new Dictionary<string, string> { ["stage"] = "embed" }) { Version = "2" };
        var child = options.WithInstanceId("child");
        Assert.Equal("child", child.InstanceId);
        Assert.Same(Policy, child.Retry?.Policy);
        Assert.Same(options.Tags, child.Tags);
        Assert.Equal("2", child.Version?.Version);
        Assert.Equal("child", new SubOrchestrationOptions((TaskOptions)child).InstanceId);
        Assert.Equal("other", new SubOrchestrationOptions((TaskOptions)child, "other").InstanceId);
    }

    [Fact]
    public void StartOptions_AreEmptyUnlessSaid_AndCopiedWhole()
    {
        var empty = new StartOrchestrationOptions();
        Assert.Null(empty.InstanceId);
        Assert.Null(empty.StartAt);
        Assert.Empty(empty.Tags);

        var options = new StartOrchestrationOptions("id", DateTimeOffset.UnixEpoch) { Version = "1", Tags = new Dictionary<string, string> { ["a"] = "b" } }
            .WithDedupeStatuses(OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Pending);
        Assert.Equal(["Running", "Pending"], options.DedupeStatuses);
        Assert.Equal(options, new StartOrchestrationOptions(options));
    }

    private static RetryContext Attempt(int number) =>
        new(new RecordingContext(), number, new TaskFailureDetails("T", "m", null, null, null), TimeSpan.Zero, CancellationToken.None);
}
