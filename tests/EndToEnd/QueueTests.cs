using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Hybrid.EndToEnd.Tests.Stacks;
using Hybrid.Stack.Calls;

namespace Hybrid.EndToEnd.Tests;

public sealed class QueueTests(SharedStack shared)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Message_WithAQuestion_IsAnsweredInABlob()
    {
        var id = $"ask-{Guid.NewGuid():N}";
        await SendAsync(JsonSerializer.Serialize(new { id, tenant = shared.Stack.ApiKey.Tenant, collection = Handbook.Collection, question = "How are weights staged?" }));

        var result = await ResultAsync(id);
        var expected = await shared.Api.AskAsync(Handbook.Collection, "How are weights staged?", TestContext.Current.CancellationToken);

        Assert.Equal("completed", result.GetProperty("status").GetString());
        Assert.Equal(expected.Text, result.GetProperty("output").GetProperty("answer").GetString());
    }

    [Fact]
    public async Task Message_SentTwice_IsAnsweredOnce()
    {
        var id = $"twice-{Guid.NewGuid():N}";
        var message = JsonSerializer.Serialize(new { id, tenant = shared.Stack.ApiKey.Tenant, collection = Handbook.Collection, question = "How are weights staged?" });
        await SendAsync(message);
        var first = await ResultAsync(id);
        await SendAsync(message);

        // A message that comes after proves that the repeated one was taken.
        var marker = $"after-{Guid.NewGuid():N}";
        await SendAsync(JsonSerializer.Serialize(new { id = marker, tenant = shared.Stack.ApiKey.Tenant, collection = Handbook.Collection, question = "What is a budget?" }));
        await ResultAsync(marker);

        Assert.Equal(first.GetRawText(), (await ResultAsync(id)).GetRawText());
    }

    [Fact]
    public async Task Message_ThatCannotBeAnswered_LeavesItsErrorInTheBlob()
    {
        var id = $"bad-{Guid.NewGuid():N}";
        await SendAsync(JsonSerializer.Serialize(new { id, tenant = shared.Stack.ApiKey.Tenant, collection = "no-such-collection", question = "Anything?" }));

        var result = await ResultAsync(id);

        Assert.Equal("failed", result.GetProperty("status").GetString());
        Assert.Contains("no-such-collection", result.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task SendAsync(string message) =>
        await new QueueClient(shared.Stack.Azurite.ConnectionString, "inference-requests").SendMessageAsync(message, TestContext.Current.CancellationToken);

    private async Task<JsonElement> ResultAsync(string id)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var blob = new BlobContainerClient(shared.Stack.Azurite.ConnectionString, "results").GetBlobClient($"{id}.json");
        while (!await blob.ExistsAsync(limit.Token))
        {
            await Task.Delay(PollInterval, limit.Token);
        }

        return (await blob.DownloadContentAsync(limit.Token)).Value.Content.ToObjectFromJson<JsonElement>();
    }
}
