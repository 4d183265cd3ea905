using System.Net.Http.Json;
using Hybrid.Contracts.Headers;
using Hybrid.Functions.Tests.Hosting;

namespace Hybrid.Functions.Tests.Requests;

public sealed class LimitTests(ServedFunctions served)
{
    private const int MaxBody = 4 << 20;

    [Fact]
    public async Task Body_OfTenMegabytes_Is413()
    {
        using var content = new ByteArrayContent(new byte[10_000_000]);

        Assert.Equal((413, "payload_too_large", null), (await served.Acme.SendAsync(HttpMethod.Post, "/v1/embeddings", content)).Error);
    }

    [Fact]
    public async Task Body_OfUnknownLengthOverTheLimit_Is413()
    {
        using var content = new StreamContent(new Endless(MaxBody + 100_000));

        var answer = await served.Acme.AskAsync(new HttpRequestMessage(HttpMethod.Post, "/v1/embeddings") { Content = content, Headers = { TransferEncodingChunked = true } });

        Assert.Equal((413, "payload_too_large", null), answer.Error);
    }

    [Fact]
    public async Task Body_JustWithinTheLimit_IsRead()
    {
        var body = new byte[MaxBody];
        Array.Fill(body, (byte)' ');
        "{}"u8.CopyTo(body);
        using var content = new ByteArrayContent(body);

        Assert.Equal((400, "invalid_request", "model"), (await served.Acme.SendAsync(HttpMethod.Post, "/v1/embeddings", content)).Error);
    }

    [Fact]
    public async Task RequestId_ThatIsAcceptable_IsEchoedAndHandedOn()
    {
        var id = $"req-{Guid.NewGuid():N}";
        // A text of its own: one that was asked for before is not asked of a host again.
        var answer = await EmbedAsync(HybridHeaders.RequestId, id, input: id);

        Assert.Equal(id, answer.Headers[HybridHeaders.RequestId]);
        Assert.Contains(served.GpuHost.Requests, seen => seen.Headers[HybridHeaders.RequestId] == id && seen.Headers[HybridHeaders.Tenant] == "acme");
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("<script>")]
    public async Task RequestId_ThatIsNot_IsReplacedByOneOfOurs(string id) =>
        Assert.Matches("^[0-9a-f]{32}$", (await EmbedAsync(HybridHeaders.RequestId, id)).Headers[HybridHeaders.RequestId]);

    [Fact]
    public async Task RequestId_IsOnErrorsToo()
    {
        using var nobody = served.Client(null);

        Assert.Matches("^[0-9a-f]{32}$", (await nobody.GetJsonAsync("/v1/models")).Headers[HybridHeaders.RequestId]);
    }

    [Fact]
    public async Task Budget_OfTheClient_GoesToTheHostAndEndsTheRequest()
    {
        var word = $"held{Guid.NewGuid():N}";
        var hold = new TaskCompletionSource();
        served.Holds[word] = hold.Task;

        var answer = await EmbedAsync(HybridHeaders.BudgetMs, "300", word);
        hold.SetResult();

        Assert.Equal((504, "deadline_exceeded", null), answer.Error);
        Assert.Contains(served.GpuHost.Requests, seen => int.Parse(seen.Headers[HybridHeaders.BudgetMs], null) <= 300);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("99999999999999999999")]
    public async Task Budget_ThatIsNone_Is400(string budget) =>
        Assert.Equal((400, "invalid_request", HybridHeaders.BudgetMs), (await EmbedAsync(HybridHeaders.BudgetMs, budget)).Error);

    private Task<Answer> EmbedAsync(string header, string value, string input = "x")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/embeddings") { Content = JsonContent.Create(new { model = "demo-embed", input }) };
        request.Headers.TryAddWithoutValidation(header, value);
        return served.Acme.AskAsync(request);
    }

    private sealed class Endless(int length) : MemoryStream(new byte[length])
    {
        // What cannot be sought has no length that could be announced.
        public override bool CanSeek => false;
    }
}
