using System.Net;
using System.Net.Http.Json;
using Hybrid.Contracts.Headers;
using Hybrid.Functions.Tests.Hosting;

namespace Hybrid.Functions.Tests.Http;

public sealed class CachingTests(ServedFunctions served)
{
    private readonly string _text = $"text {Guid.NewGuid():N}";

    [Fact]
    public async Task Embeddings_AskedForAgain_AreTheSameAndSaySo()
    {
        var first = await AskAsync("/v1/embeddings", new { model = "demo-embed", input = _text });
        var again = await AskAsync("/v1/embeddings", new { model = "demo-embed", input = _text });
        var more = await AskAsync("/v1/embeddings", new { model = "demo-embed", input = new[] { _text, _text + " more" } });

        Assert.Equal(("hybrid; fwd=miss; stored", "hybrid; hit; detail=memory"), (Status(first), Status(again)));
        Assert.Equal("hybrid; fwd=partial; detail=\"1/2\"", Status(more));
        Assert.Equal(first.Body!.ToJsonString(), again.Body!.ToJsonString());
        Assert.Equal(first["data"][0]!["embedding"]!.ToJsonString(), more["data"][0]!["embedding"]!.ToJsonString());
    }

    [Fact]
    public async Task Rerank_AskedForAgain_IsTheSame()
    {
        var question = new { model = "demo-rerank", query = _text, documents = new[] { _text, "another" } };
        var first = await AskAsync("/v1/rerank", question);
        var again = await AskAsync("/v1/rerank", question);

        Assert.Equal("hybrid; hit; detail=memory", Status(again));
        Assert.Equal(first["results"].ToJsonString(), again["results"].ToJsonString());
        Assert.Equal(first["usage"].ToJsonString(), again["usage"].ToJsonString());
    }

    [Fact]
    public async Task Chat_AskedForAgain_IsAnAnswerOfItsOwnWithTheSameText()
    {
        var question = new { model = "demo-generate", messages = new[] { new { role = "user", content = _text } } };
        var first = await AskAsync("/v1/chat/completions", question);
        var again = await AskAsync("/v1/chat/completions", question);
        var dice = new { question.model, question.messages, temperature = 1 };
        await AskAsync("/v1/chat/completions", dice);

        Assert.Equal("hybrid; hit; detail=memory", Status(again));
        Assert.Equal(first["choices"].ToJsonString(), again["choices"].ToJsonString());
        Assert.NotEqual(first["id"].GetValue<string>(), again["id"].GetValue<string>());
        Assert.Equal("hybrid; fwd=bypass", Status(await AskAsync("/v1/chat/completions", dice)));
    }

    [Theory]
    [InlineData("no-cache", "hybrid; fwd=request; stored", 2)]
    [InlineData("max-age=0, no-cache", "hybrid; fwd=request; stored", 2)]
    [InlineData("no-store", "hybrid; fwd=bypass", 2)]
    [InlineData("max-stale", "hybrid; hit; detail=memory", 1)]
    [InlineData("what=is=this,", "hybrid; hit; detail=memory", 1)]
    public async Task CacheControl_IsHeeded(string wish, string status, int hostCalls)
    {
        await AskAsync("/v1/embeddings", new { model = "demo-embed", input = _text }, requestId: _text[5..]);
        var answer = await AskAsync("/v1/embeddings", new { model = "demo-embed", input = _text }, wish, _text[5..]);

        Assert.Equal(status, Status(answer));
        Assert.Equal(hostCalls, served.GpuHost.Requests.Count(seen => seen.Headers.GetValueOrDefault(HybridHeaders.RequestId) == _text[5..]));
    }

    [Fact]
    public async Task Answer_OfAnotherTenant_IsNotFound()
    {
        using var other = served.Client(ServedFunctions.OtherKey);
        var question = new { model = "demo-embed", input = _text };
        await AskAsync("/v1/embeddings", question);

        Assert.Equal("hybrid; fwd=miss; stored", Status(await other.PostAsync("/v1/embeddings", question)));
    }

    [Fact]
    public async Task RunStatus_OfARunThatHasEnded_IsKept_AndGoneWhenTheRunIs()
    {
        var accepted = await served.Acme.PostAsync("/v1/pipelines/rag", new { collection = "not-there", question = _text });
        var path = new Uri(accepted.Headers["Location"]).AbsolutePath;
        Answer run;
        do
        {
            run = await served.Acme.GetJsonAsync(path);
            Assert.True(run.Status == HttpStatusCode.OK || Status(run) == "hybrid; fwd=bypass", $"a run that goes on was kept: {Status(run)}");
        }
        while (run.Status == HttpStatusCode.Accepted);

        // A second is its life: a machine that is stopped for that long reads it once more.
        var kept = run;
        for (var i = 0; i < 10 && Status(kept) != "hybrid; hit; detail=memory"; i++)
        {
            kept = await served.Acme.GetJsonAsync(path);
        }

        Assert.Equal("hybrid; hit; detail=memory", Status(kept));
        Assert.Equal(run.Body!.ToJsonString(), kept.Body!.ToJsonString());
        using var other = served.Client(ServedFunctions.OtherKey);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetJsonAsync(path)).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await served.Acme.SendAsync(HttpMethod.Delete, path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await served.Acme.GetJsonAsync(path)).Status);
    }

    private Task<Answer> AskAsync(string path, object body, string? wish = null, string? requestId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (wish is not null)
        {
            request.Headers.TryAddWithoutValidation("Cache-Control", wish);
        }

        if (requestId is not null)
        {
            request.Headers.TryAddWithoutValidation(HybridHeaders.RequestId, requestId);
        }

        return served.Acme.AskAsync(request);
    }

    private static string Status(Answer answer) => answer.Headers["Cache-Status"];
}
