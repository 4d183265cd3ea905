using System.Text.Json;
using Azure.Storage.Queues.Models;
using Hybrid.Functions.Tests.Hosting;

namespace Hybrid.Functions.Tests.Queues;

public sealed class InferenceRequestsTests(ServedFunctions served)
{
    private readonly string _id = $"job-{Guid.NewGuid():N}";

    [Fact]
    public async Task Message_WithAQuestion_IsAnsweredInItsBlob()
    {
        var collection = $"c{Guid.NewGuid():N}";
        await served.Acme.PutAsync($"/v1/collections/{collection}/documents", new { documents = new[] { new { id = "fox", text = "red foxes live in dens" } } });

        await SendAsync(new { id = _id, tenant = "acme", collection, question = "Where do red foxes live?" });

        var result = await ResultAsync();
        Assert.Equal((_id, "completed"), (result.GetProperty("id").GetString(), result.GetProperty("status").GetString()));
        Assert.Equal("red foxes live in dens", result.GetProperty("output").GetProperty("answer").GetString());
    }

    [Fact]
    public async Task Message_OfAnotherTenant_DoesNotFindTheCollection()
    {
        var collection = $"c{Guid.NewGuid():N}";
        await served.Acme.PutAsync($"/v1/collections/{collection}/documents", new { documents = new[] { new { id = "fox", text = "red foxes live in dens" } } });

        await SendAsync(new { id = _id, tenant = "other", collection, question = "Where do red foxes live?" });

        Assert.Equal(("not_found", "retrieve"), await ErrorAsync());
    }

    public static TheoryData<string, object, string, string> Bad => new()
    {
        { "no question", new { collection = "c" }, "invalid_request", "question" },
        { "no collection", new { question = "q" }, "invalid_request", "collection" },
        { "bad tenant", new { collection = "c", question = "q", tenant = "../x" }, "unprocessable", "tenant" },
        { "a question that is none", new { collection = "c", question = 7 }, "invalid_request", "question" },
        { "top_k", new { collection = "c", question = "q", top_k = 1000 }, "unprocessable", "top_k" },
        { "a question over its limit", new { collection = "c", question = new string('x', 20_000) }, "unprocessable", "question" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Message_ThatIsNotAcceptable_LeavesItsErrorInItsBlob(string what, object message, string code, string field)
    {
        var fields = JsonSerializer.SerializeToNode(message)!.AsObject();
        fields["id"] = _id;
        await SendAsync(fields);

        Assert.True((code, field) == await ErrorAsync(), what);
    }

    [Theory]
    [InlineData("this is no JSON")]
    [InlineData("""{"collection":"c","question":"q"}""")]
    [InlineData("""{"id":"../escape","collection":"c","question":"q"}""")]
    public async Task Message_WithoutAUsableId_EndsOnThePoisonQueue(string message)
    {
        var marked = message + new string(' ', Random.Shared.Next(1, 10_000));
        await served.Queue("inference-requests").SendMessageAsync(marked, TestContext.Current.CancellationToken);

        await UntilAsync(async token =>
        {
            var poison = served.Queue("inference-requests-poison");
            if (!await poison.ExistsAsync(token))
            {
                return false;
            }

            PeekedMessage[] peeked = await poison.PeekMessagesAsync(32, token);
            return peeked.Any(one => one.MessageText == marked);
        });
    }

    private async Task SendAsync(object message) =>
        await served.Queue("inference-requests").SendMessageAsync(JsonSerializer.Serialize(message), TestContext.Current.CancellationToken);

    private async Task<(string? Code, string? Param)> ErrorAsync()
    {
        var result = await ResultAsync();
        Assert.Equal("failed", result.GetProperty("status").GetString());
        return (result.GetProperty("error").GetProperty("code").GetString(), result.GetProperty("error").GetProperty("param").GetString());
    }

    private async Task<JsonElement> ResultAsync()
    {
        var blob = served.ResultBlobs.GetBlobClient($"{_id}.json");
        await UntilAsync(async token => await blob.ExistsAsync(token));
        return (await blob.DownloadContentAsync(TestContext.Current.CancellationToken)).Value.Content.ToObjectFromJson<JsonElement>();
    }

    private static async Task UntilAsync(Func<CancellationToken, Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition(limit.Token))
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
