using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Queues;
using Hybrid.EndToEnd.Tests.Stacks;

namespace Hybrid.EndToEnd.Tests;

/// <summary>The table of docs/api.md once more, against the real processes: what is wrong, and how it is answered.</summary>
public sealed class BadInputTests(SharedStack shared)
{
    private const int TenMegabytes = 10 << 20;

    public static TheoryData<BadRequest> Table => [.. JsonSerializer.Deserialize<BadRequest[]>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "bad-requests.json")), JsonSerializerOptions.Web)!];

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Request_ThatIsWrong_HasItsStatusAndItsError(BadRequest wrong)
    {
        using var request = new HttpRequestMessage(new HttpMethod(wrong.Method), wrong.Path);
        request.Content = wrong.Body is null ? null : new StringContent(wrong.Body, Encoding.UTF8, "application/json");

        var (status, error) = await SendAsync(request, wrong.Key ?? shared.Stack.ApiKey.Key);

        Assert.Equal(wrong.Status, (int)status);
        Assert.Equal(wrong.Code, error.GetProperty("code").GetString());
        Assert.Equal(wrong.Param, error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task Body_OfTenMegabytes_IsTooLarge()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/embeddings")
        {
            Content = new StringContent($$"""{"model":"demo-embed","input":"{{new string('x', TenMegabytes)}}"}""", Encoding.UTF8, "application/json"),
        };

        var (status, error) = await SendAsync(request, shared.Stack.ApiKey.Key);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal("payload_too_large", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task QueueMessage_OverTheQueuesOwnLimit_IsRefusedByTheQueue()
    {
        var queue = new QueueClient(shared.Stack.Azurite.ConnectionString, "inference-requests");

        var failure = await Assert.ThrowsAsync<RequestFailedException>(
            () => queue.SendMessageAsync(new string('x', 65 << 10), TestContext.Current.CancellationToken));

        Assert.Equal((int)HttpStatusCode.RequestEntityTooLarge, failure.Status);
    }

    private async Task<(HttpStatusCode Status, JsonElement Error)> SendAsync(HttpRequestMessage request, string key)
    {
        // A client of its own: the shared one always sends the right key.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = shared.Stack.LocalHost.Url };
        if (key.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (response.StatusCode, body.GetProperty("error"));
    }
}

/// <summary>A row of the table; a key of null is a good one, an empty one is none.</summary>
public sealed record BadRequest(string Name, string Method, string Path, string? Key, string? Body, int Status, string Code, string? Param)
{
    public override string ToString() => Name;
}
