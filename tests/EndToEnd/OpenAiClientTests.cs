using System.Diagnostics;
using System.Text.Json;
using Hybrid.EndToEnd.Tests.Stacks;
using Hybrid.Models;

namespace Hybrid.EndToEnd.Tests;

/// <summary>The official <c>openai</c> npm client against the running API.</summary>
public sealed class OpenAiClientTests(SharedStack shared)
{
    [Fact]
    public async Task Models_Listed_AreTheDemoModels() =>
        Assert.Equal(["demo-embed", "demo-generate", "demo-rerank"], (await CallAsync("models")).GetProperty("ok").EnumerateArray().Select(id => id.GetString()));

    [Fact]
    public async Task Embeddings_OfTwoTexts_AreTwoUnitVectors()
    {
        var reply = (await CallAsync("embeddings")).GetProperty("ok");

        Assert.Equal(2, reply.GetProperty("count").GetInt32());
        Assert.Equal(1, reply.GetProperty("norm").GetDouble(), 1e-4);
        Assert.InRange(reply.GetProperty("usage").GetProperty("total_tokens").GetInt32(), 5, 100);
    }

    [Fact]
    public async Task Embeddings_AsBase64AndAsFloats_AreTheSame() =>
        Assert.Equal(0, (await CallAsync("floats")).GetProperty("ok").GetDouble(), 1e-6);

    [Fact]
    public async Task Chat_WithAPassageInTheSystemMessage_QuotesItWordForWord()
    {
        var passage = Corpus.Passages[7];

        var reply = (await CallAsync("chat", passage.Text, passage.Title)).GetProperty("ok");

        Assert.Equal(passage.Text, reply.GetProperty("content").GetString());
        Assert.Equal("stop", reply.GetProperty("finish").GetString());
        Assert.Equal("chat.completion", reply.GetProperty("object").GetString());
        var usage = reply.GetProperty("usage");
        Assert.Equal(
            usage.GetProperty("total_tokens").GetInt32(),
            usage.GetProperty("prompt_tokens").GetInt32() + usage.GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task UnknownModel_IsTheClientsNotFoundError()
    {
        var error = (await CallAsync("unknownModel")).GetProperty("error");

        Assert.Equal("NotFoundError", error.GetProperty("class").GetString());
        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task WrongKey_IsTheClientsAuthenticationError() =>
        Assert.Equal("AuthenticationError", (await CallAsync("wrongKey")).GetProperty("error").GetProperty("class").GetString());

    private async Task<JsonElement> CallAsync(string call, string passage = "", string question = "")
    {
        var script = Path.Combine(shared.Stack.Options.NodeModules, "..", "tests", "EndToEnd", "openai.mjs");
        var start = new ProcessStartInfo("node", [script, call])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["HYBRID_URL"] = shared.Stack.LocalHost.Url.GetLeftPart(UriPartial.Authority),
                ["HYBRID_API_KEY"] = shared.Stack.ApiKey.Key,
                ["HYBRID_PASSAGE"] = passage,
                ["HYBRID_QUESTION"] = question,
            },
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return JsonSerializer.Deserialize<JsonElement>(output);
    }
}
