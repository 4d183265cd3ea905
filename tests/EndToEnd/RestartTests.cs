using System.Net;
using System.Net.Http.Json;
using Hybrid.EndToEnd.Tests.Stacks;
using Hybrid.Stack.Calls;

namespace Hybrid.EndToEnd.Tests;

/// <summary>kill -9 at the worst moment: the GPU host is frozen while a stage waits for it, so that the moment is certain.</summary>
public sealed class RestartTests
{
    private const string Question = "How are weights staged?";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task LocalHost_KilledInAPipeline_EndsItWithTheRightAnswerAfterItsReturn()
    {
        using var folder = new TestFolder();
        using var limit = new CancellationTokenSource(Patience);
        await using var stack = await LocalStack.StartAsync(folder.Options, new Narrator(Console.Error), limit.Token);
        using var api = new ApiCalls(stack.LocalHost.Url, stack.ApiKey);
        await Handbook.IndexAsync(api, stack.Narrator, limit.Token);
        var expected = await api.AskAsync(Handbook.Collection, Question, limit.Token);

        stack.GpuHosts[0].Process.Pause();
        var run = await api.StartAsync(new { collection = Handbook.Collection, question = Question, timeout_ms = 60_000 }, limit.Token);
        await api.WaitForStageAsync(run, "embed", limit.Token);
        await stack.LocalHost.Process.KillAsync();
        stack.GpuHosts[0].Process.Resume();
        await stack.LocalHost.StartAsync(limit.Token);
        var answer = await api.WaitAsync(run, limit.Token);

        Assert.Equal(expected.Text, answer.Text);
        Assert.Equal(expected.Sources[0].Id, answer.Sources[0].Id);
    }

    [Fact]
    public async Task GpuHost_KilledInAStage_IsRetriedAndThePipelineEnds()
    {
        using var folder = new TestFolder();
        using var limit = new CancellationTokenSource(Patience);
        await using var stack = await LocalStack.StartAsync(folder.Options, new Narrator(Console.Error), limit.Token);
        using var api = new ApiCalls(stack.LocalHost.Url, stack.ApiKey);
        await Handbook.IndexAsync(api, stack.Narrator, limit.Token);

        stack.GpuHosts[0].Process.Pause();
        var run = await api.StartAsync(new { collection = Handbook.Collection, question = Question, timeout_ms = 60_000 }, limit.Token);
        await api.WaitForStageAsync(run, "embed", limit.Token);
        await stack.GpuHosts[0].Process.KillAsync();
        await stack.GpuHosts[0].StartAsync(limit.Token);
        var answer = await api.WaitAsync(run, limit.Token);

        Assert.NotEmpty(answer.Sources);
        Assert.Equal(answer.Sources[0].Text, answer.Text);
    }

    [Fact]
    public async Task GpuHost_GoneForGood_FailsInsideTheDeadlineAndNamesTheStage()
    {
        using var folder = new TestFolder();
        using var limit = new CancellationTokenSource(Patience);
        await using var stack = await LocalStack.StartAsync(folder.Options, new Narrator(Console.Error), limit.Token);
        using var api = new ApiCalls(stack.LocalHost.Url, stack.ApiKey);
        await Handbook.IndexAsync(api, stack.Narrator, limit.Token);

        await stack.GpuHosts[0].Process.KillAsync();
        var started = stack.Narrator.ElapsedMilliseconds;
        var run = await api.StartAsync(new { collection = Handbook.Collection, question = Question, timeout_ms = 5_000 }, limit.Token);
        var failure = await Assert.ThrowsAsync<StackException>(() => api.WaitAsync(run, limit.Token));

        Assert.InRange(stack.Narrator.ElapsedMilliseconds - started, 0, 7_000);
        Assert.Matches("Stage.*embed", failure.Message);
    }

    [Fact]
    public async Task GpuHost_OneOfTwoKilledUnderLoad_NoClientSeesIt()
    {
        using var folder = new TestFolder();
        using var limit = new CancellationTokenSource(Patience);
        await using var stack = await LocalStack.StartAsync(folder.Options with { GpuHosts = 2 }, new Narrator(Console.Error), limit.Token);
        using var api = new ApiCalls(stack.LocalHost.Url, stack.ApiKey);
        var answered = 0;
        var halfway = new TaskCompletionSource();

        var clients = Enumerable.Range(0, 4).Select(async client =>
        {
            for (var i = 0; i < 100; i++)
            {
                using var response = await api.Http.PostAsJsonAsync(
                    "/v1/embeddings", new { model = "demo-embed", input = $"text {i} of client {client}" }, limit.Token);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                if (Interlocked.Increment(ref answered) == 200)
                {
                    halfway.SetResult();
                }
            }
        }).ToArray();
        await Task.WhenAny(halfway.Task, Task.WhenAll(clients));
        await stack.GpuHosts[1].Process.KillAsync();
        await Task.WhenAll(clients);

        Assert.Equal(400, answered);
    }
}
