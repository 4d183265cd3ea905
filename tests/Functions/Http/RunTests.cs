using System.Net;
using System.Net.Http.Json;
using Hybrid.Functions.Tests.Hosting;

namespace Hybrid.Functions.Tests.Http;

public sealed class RunTests(ServedFunctions served)
{
    private readonly string _collection = $"c{Guid.NewGuid():N}";

    [Fact]
    public async Task Rag_OfAQuestion_IsAcceptedRunsAndAnswersWithItsSources()
    {
        await IndexAsync();

        var accepted = await StartAsync(new { collection = _collection, question = "Where do red foxes live?", top_n = 2 });
        var run = await EndAsync(accepted);

        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        Assert.Equal(accepted["statusQueryGetUri"].GetValue<string>(), accepted.Headers["Location"]);
        Assert.Equal("1", accepted.Headers["Retry-After"]);
        Assert.Equal(
            ["id", "statusQueryGetUri", "sendEventPostUri", "terminatePostUri", "suspendPostUri", "resumePostUri", "restartPostUri", "purgeHistoryDeleteUri"],
            accepted.Body!.AsObject().Select(field => field.Key));
        Assert.Equal(("Completed", "RagPipeline"), (Status(run), run["name"].GetValue<string>()));
        Assert.Equal("red foxes live in dens", run["output"]["answer"]!.GetValue<string>());
        Assert.Equal("fox", run["output"]["sources"]![0]!["id"]!.GetValue<string>());
        Assert.Equal(2, run["output"]["sources"]!.AsArray().Count);
        Assert.Equal(["embed", "retrieve", "rerank", "generate"], run["output"]["stages"]!.AsArray().Select(stage => stage!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Rag_OfAnUnknownCollection_FailsAndNamesTheStage()
    {
        var run = await EndAsync(await StartAsync(new { collection = "not-there", question = "Anything?" }));

        Assert.Equal((HttpStatusCode.OK, "Failed"), (run.Status, Status(run)));
        Assert.Equal((200, "not_found", "retrieve"), run.Error);
        Assert.Null(run.Body!["output"]);
    }

    [Fact]
    public async Task Rag_WithTheSameKey_IsTheSameRun()
    {
        await IndexAsync();
        var (key, question) = ($"k-{Guid.NewGuid():N}", new { collection = _collection, question = "foxes?" });

        var first = await StartAsync(question, key);
        await EndAsync(first);
        var again = await StartAsync(question, key);
        var inBody = await StartAsync(new { id = key, question.collection, question.question });
        using var other = served.Client(ServedFunctions.OtherKey);
        var theirs = await StartAsync(question, key, other);

        Assert.Equal(first["id"].GetValue<string>(), again["id"].GetValue<string>());
        Assert.Equal(first["id"].GetValue<string>(), inBody["id"].GetValue<string>());
        Assert.NotEqual(first["id"].GetValue<string>(), theirs["id"].GetValue<string>());
        Assert.Equal("Completed", Status(await served.Acme.GetJsonAsync(again.Headers["Location"])));
    }

    [Fact]
    public async Task Run_OfAnotherTenant_IsNotThere()
    {
        var accepted = await StartAsync(new { collection = "not-there", question = "Anything?" });
        await EndAsync(accepted);
        using var other = served.Client(ServedFunctions.OtherKey);
        var path = new Uri(accepted.Headers["Location"]).AbsolutePath;

        Assert.Equal((404, "not_found", "id"), (await other.GetJsonAsync(path)).Error);
        Assert.Equal((404, "not_found", "id"), (await other.SendAsync(HttpMethod.Delete, path)).Error);
        foreach (var action in (string[])["terminate", "suspend", "resume", "restart"])
        {
            Assert.Equal((404, "not_found", "id"), (await other.SendAsync(HttpMethod.Post, $"{path}/{action}")).Error);
        }

        Assert.Equal((404, "not_found", "id"), (await other.PostAsync($"{path}/events/go", new { })).Error);
        Assert.Equal(HttpStatusCode.OK, (await served.Acme.GetJsonAsync(path)).Status);
    }

    [Fact]
    public async Task Run_Suspended_WaitsUntilItIsResumed()
    {
        await IndexAsync();
        var hold = new TaskCompletionSource();
        var accepted = await HeldAsync(hold);

        Assert.Equal(HttpStatusCode.Accepted, (await ActAsync(accepted, "suspendPostUri")).Status);
        hold.SetResult();
        var suspended = await UntilAsync(accepted, run => Status(run) == "Suspended");
        Assert.Equal(HttpStatusCode.Accepted, suspended.Status);
        Assert.Equal(HttpStatusCode.Accepted, (await ActAsync(accepted, "resumePostUri")).Status);

        Assert.Equal("Completed", Status(await EndAsync(accepted)));
    }

    [Fact]
    public async Task Run_Terminated_EndsWithTheReason_AndCanBeRestartedAndPurged()
    {
        await IndexAsync();
        var hold = new TaskCompletionSource();
        var accepted = await HeldAsync(hold);

        Assert.Equal((409, "conflict", "id"), (await served.Acme.SendAsync(HttpMethod.Delete, accepted["purgeHistoryDeleteUri"].GetValue<string>())).Error);
        Assert.Equal((409, "conflict", "id"), (await ActAsync(accepted, "restartPostUri")).Error);
        Assert.Equal(HttpStatusCode.Accepted, (await ActAsync(accepted, "terminatePostUri", "enough")).Status);
        var terminated = await EndAsync(accepted);
        Assert.Equal(("Terminated", "enough"), (Status(terminated), terminated["output"].GetValue<string>()));
        Assert.Equal((409, "conflict", "id"), (await ActAsync(accepted, "terminatePostUri")).Error);

        hold.SetResult();
        Assert.Equal(HttpStatusCode.Accepted, (await ActAsync(accepted, "restartPostUri")).Status);
        Assert.Equal("Completed", Status(await UntilAsync(accepted, run => Status(run) == "Completed")));

        Assert.Equal(HttpStatusCode.NoContent, (await served.Acme.SendAsync(HttpMethod.Delete, accepted["purgeHistoryDeleteUri"].GetValue<string>())).Status);
        Assert.Equal((404, "not_found", "id"), (await served.Acme.GetJsonAsync(accepted.Headers["Location"])).Error);
    }

    [Fact]
    public async Task Run_TakesEvents()
    {
        await IndexAsync();
        var hold = new TaskCompletionSource();
        var accepted = await HeldAsync(hold);

        var uri = accepted["sendEventPostUri"].GetValue<string>().Replace("{eventName}", "go", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await served.Acme.PostAsync(uri, new { now = true })).Status);
        Assert.Equal((422, "unprocessable", "eventName"), (await served.Acme.PostAsync(uri[..^2] + "no%20no", new { })).Error);
        hold.SetResult();

        Assert.Equal("Completed", Status(await EndAsync(accepted)));
    }

    /// <summary>A run that waits in its embed stage until a test lets it go on.</summary>
    private async Task<Answer> HeldAsync(TaskCompletionSource hold)
    {
        var word = $"held{Guid.NewGuid():N}";
        served.Holds[word] = hold.Task;
        var accepted = await StartAsync(new { collection = _collection, question = $"foxes {word}?", timeout_ms = 60_000 });
        await UntilAsync(accepted, run => Status(run) == "Running" && run.Body!["customStatus"]?["stage"]?.GetValue<string>() == "embed");
        return accepted;
    }

    private async Task IndexAsync() => await served.Acme.PutAsync($"/v1/collections/{_collection}/documents", new
    {
        documents = new[]
        {
            new { id = "sea", text = "blue whales swim in the sea" },
            new { id = "fox", text = "red foxes live in dens" },
            new { id = "sky", text = "swallows fly" },
        },
    });

    private async Task<Answer> StartAsync(object question, string? key = null, HttpClient? client = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/pipelines/rag") { Content = JsonContent.Create(question) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        var answer = await (client ?? served.Acme).AskAsync(request);
        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.ToString());
        return answer;
    }

    private Task<Answer> ActAsync(Answer accepted, string uri, string reason = "") =>
        served.Acme.SendAsync(HttpMethod.Post, accepted[uri].GetValue<string>().Replace("{text}", reason, StringComparison.Ordinal));

    private Task<Answer> EndAsync(Answer accepted) => UntilAsync(accepted, run => Status(run) is "Completed" or "Failed" or "Terminated");

    private async Task<Answer> UntilAsync(Answer accepted, Func<Answer, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var run = await served.Acme.GetJsonAsync(accepted.Headers["Location"]);
            if (condition(run))
            {
                return run;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private static string Status(Answer run) => run["runtimeStatus"].GetValue<string>();
}
