using System.Net;
using Hybrid.Functions.Tests.Hosting;

namespace Hybrid.Functions.Tests.Streaming;

/// <summary>What goes over the wire, byte for byte.</summary>
public sealed class ChatStreamTests(ServedFunctions served)
{
    private const string Head = """data: {"id":"chatcmpl-one","object":"chat.completion.chunk","created":0,"model":"demo-generate","system_fingerprint":"demo-generate@2","choices":[""";

    private static string Delta(string delta, string tail = "") => $$"""{{Head}}{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":null}]{{tail}}}""";

    private static string Finish(string tail = "") => $$"""{{Head}}{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]{{tail}}}""";

    [Fact]
    public async Task Stream_IsOpenAisChunks()
    {
        using var chat = await StreamedChat.AskAsync(served.Acme, null, ("x-request-id", "one"));
        var lines = await chat.RestAsync();

        Assert.Equal(HttpStatusCode.OK, chat.Response.StatusCode);
        Assert.Equal("text/event-stream; charset=utf-8", chat.Response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache", chat.Response.Headers.CacheControl?.ToString());
        Assert.Equal("no", Assert.Single(chat.Response.Headers.GetValues("x-accel-buffering")));
        Assert.Equal("one", Assert.Single(chat.Response.Headers.GetValues("x-request-id")));
        Assert.Equal([Delta("""{"role":"assistant","content":""}"""), Delta("""{"content":"user: "}"""), Delta("""{"content":"hi "}""")], lines[..3]);
        Assert.Equal([Finish(), "data: [DONE]"], lines[^2..]);
        Assert.All(lines[1..^2], line => Assert.StartsWith(Head + """{"index":0,"delta":{"content":""", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_WithUsage_HasItInEveryChunkAndAtTheEnd()
    {
        using var chat = await StreamedChat.AskAsync(served.Acme, new { include_usage = true }, ("x-request-id", "one"));
        var lines = await chat.RestAsync();

        const string None = ",\"usage\":null";
        Assert.Equal(Delta("""{"role":"assistant","content":""}""", None), lines[0]);
        Assert.All(lines[1..^3], line => Assert.EndsWith(None + "}", line, StringComparison.Ordinal));
        const string Usage = """],"usage":{"prompt_tokens":11,"completion_tokens":4,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":0}}}""";
        Assert.Equal([Finish(None), Head + Usage, "data: [DONE]"], lines[^3..]);
    }

    [Fact]
    public async Task Stream_WithoutUsage_NeverNamesIt()
    {
        using var chat = await StreamedChat.AskAsync(served.Acme, new { include_usage = false });

        Assert.All(await chat.RestAsync(), line => Assert.DoesNotContain("usage", line, StringComparison.Ordinal));
    }
}
