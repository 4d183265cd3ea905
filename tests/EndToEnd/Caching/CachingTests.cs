using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Hybrid.Models;
using Hybrid.Stack.Calls;

namespace Hybrid.EndToEnd.Tests.Caching;

public sealed class CachingTests(CachingStack stack) : IClassFixture<CachingStack>
{
    private const int Rounds = 10;

    // A request that meets a Redis which has just broken waits for it once: here up to two seconds.
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Questions_AskedTenTimesOfTwoProcesses_AreComputedOnce()
    {
        var before = await stack.WorkAsync(Cancellation);
        var answers = await AskAllAsync(0);
        var once = await stack.WorkAsync(Cancellation);
        for (var round = 1; round < Rounds; round++)
        {
            // Each question goes to the other process than the last time.
            Assert.Equal(answers, await AskAllAsync(round));
        }

        var always = await stack.WorkAsync(Cancellation);

        TestContext.Current.TestOutputHelper!.WriteLine($"texts and pairs, tasks: {before} before, {once} after one round, {always} after {Rounds}");
        Assert.True(once.Items - before.Items >= answers.Count * 2, "the questions made no work for the host");
        Assert.InRange(always.Items - before.Items, 0, 0.1 * Rounds * (once.Items - before.Items));
        Assert.InRange(always.Tasks - before.Tasks, 0, 0.1 * Rounds * (once.Tasks - before.Tasks));
    }

    [Fact]
    public async Task AThousandRequestsForOneText_InTwoProcesses_AreOneComputation()
    {
        var before = await stack.WorkAsync(Cancellation);
        var text = $"one text {Guid.NewGuid():N}";
        var vectors = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => EmbedAsync(stack.Apis[i % 2], text)));
        var after = await stack.WorkAsync(Cancellation);

        Assert.Single(vectors.Distinct());
        Assert.Equal((1, 1), (after.Items - before.Items, after.Tasks - before.Tasks));
    }

    [Fact]
    public async Task Redis_KilledAndFrozenUnderLoad_CostsNobodyAnAnswer()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var clients = Enumerable.Range(0, 4).Select(client => LoadAsync(client, stop)).ToList();

        await WaitAsync(clients);
        await stack.Redis.KillAsync();
        await WaitAsync(clients);
        await stack.Redis.StartAgainAsync(Cancellation);
        await WaitAsync(clients);
        stack.Redis.Pause();
        await WaitAsync(clients);
        stack.Redis.Resume();
        await WaitAsync(clients);
        await stop.CancelAsync();
        var slowest = (await Task.WhenAll(clients)).Max();

        Assert.InRange(slowest, TimeSpan.Zero, Quick);
        await UsedAgainAsync();
    }

    /// <summary>What one process computes, the other finds.</summary>
    private async Task UsedAgainAsync()
    {
        for (var until = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(until) < TimeSpan.FromSeconds(20);)
        {
            var text = $"again {Guid.NewGuid():N}";
            await EmbedAsync(stack.Apis[0], text);
            using var response = await PostAsync(stack.Apis[1], text);
            if (response.Headers.GetValues("Cache-Status").Single() == "hybrid; hit; detail=redis")
            {
                return;
            }
        }

        Assert.Fail("Redis is back, but is not used again.");
    }

    private async Task<TimeSpan> LoadAsync(int client, CancellationTokenSource stop)
    {
        var slowest = TimeSpan.Zero;
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await EmbedAsync(stack.Apis[client % 2], $"load {i / 3} {client / 2}");
            var took = Stopwatch.GetElapsedTime(began);
            slowest = took > slowest ? took : slowest;
        }

        return slowest;
    }

    // Some hundred requests of each client, unless one has failed.
    private static async Task WaitAsync(IEnumerable<Task> clients) =>
        await await Task.WhenAny([.. clients, Task.Delay(TimeSpan.FromSeconds(2), Cancellation)]);

    private async Task<IReadOnlyList<string>> AskAllAsync(int round)
    {
        using var atOnce = new SemaphoreSlim(4);
        return await Task.WhenAll(Corpus.Questions.Select(async (question, i) =>
        {
            await atOnce.WaitAsync(Cancellation);
            try
            {
                return (await stack.Apis[(round + i) % 2].AskAsync(Handbook.Collection, question.Text, Cancellation)).Text;
            }
            finally
            {
                atOnce.Release();
            }
        }));
    }

    private static Task<HttpResponseMessage> PostAsync(ApiCalls api, string text) =>
        api.Http.PostAsJsonAsync("/v1/embeddings", new { model = "demo-embed", input = text }, Cancellation);

    private static async Task<string> EmbedAsync(ApiCalls api, string text)
    {
        using var response = await PostAsync(api, text);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {body}");
        return body;
    }
}
