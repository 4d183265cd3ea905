using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Results;
using Hybrid.Orchestrations.Tests.Storage;

namespace Hybrid.Orchestrations.Tests.Results;

public sealed class ResultStoreTests(AzuriteFixture azurite)
{
    private readonly string _id = $"job_{Guid.NewGuid():N}";

    [Fact]
    public async Task Write_OfAnAnswer_IsReadableJson()
    {
        var answer = new RagAnswer("because", "stop", [], [new StageReport("embed", 1.5, 1, "m", 2)], 10, new RagUsage(1, 2));
        await WriteAsync(RunResult.Completed(_id, answer));

        var json = await ReadAsync();

        Assert.Equal(_id, json.GetProperty("id").GetString());
        Assert.Equal("completed", json.GetProperty("status").GetString());
        Assert.Equal("because", json.GetProperty("output").GetProperty("answer").GetString());
        Assert.Equal("m", json.GetProperty("output").GetProperty("stages")[0].GetProperty("model").GetString());
        Assert.False(json.TryGetProperty("error", out _));
    }

    [Fact]
    public async Task Write_Twice_KeepsTheLast()
    {
        await WriteAsync(RunResult.Failed(_id, new Error(ErrorCode.Unavailable, "first")));
        await WriteAsync(RunResult.Failed(_id, new Error(ErrorCode.NotFound, "second", "collection")));

        var error = (await ReadAsync()).GetProperty("error");

        Assert.Equal("not_found", error.GetProperty("code").GetString());
        Assert.Equal(("second", "collection"), (error.GetProperty("message").GetString(), error.GetProperty("param").GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("a b")]
    [InlineData("a\n")]
    public async Task Write_UnderANameThatIsNone_IsRefused(string id) =>
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(RunResult.Failed(id, new Error(ErrorCode.Internal, "x"))));

    private Task WriteAsync(RunResult result) => new ResultStore(azurite.Blobs).WriteAsync(result, TestContext.Current.CancellationToken);

    private async Task<JsonElement> ReadAsync()
    {
        var blob = azurite.Blobs.GetBlobContainerClient("results").GetBlobClient($"{_id}.json");
        var content = (await blob.DownloadContentAsync(TestContext.Current.CancellationToken)).Value;
        Assert.Equal("application/json", content.Details.ContentType);
        return JsonSerializer.Deserialize<JsonElement>(content.Content);
    }
}
