using System.Net;
using Hybrid.Functions.Tests.Hosting;

namespace Hybrid.Functions.Tests.Http;

public sealed class ChatTests(ServedFunctions served)
{
    private static readonly object[] Hi = [new { role = "user", content = "hi" }];

    [Fact]
    public async Task Chat_OfMessages_IsOpenAisCompletion()
    {
        var answer = await served.Acme.PostAsync("/v1/chat/completions", new { model = "demo-generate", messages = Hi });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.StartsWith("chatcmpl-", answer["id"].GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("chat.completion", answer["object"].GetValue<string>());
        Assert.Equal("demo-generate@2", answer["system_fingerprint"].GetValue<string>());
        Assert.InRange(answer["created"].GetValue<long>(), 1_700_000_000, 10_000_000_000);
        var choice = Assert.Single(answer["choices"].AsArray())!;
        Assert.Equal((0, "stop", "assistant"), (choice["index"]!.GetValue<int>(), choice["finish_reason"]!.GetValue<string>(), choice["message"]!["role"]!.GetValue<string>()));
        Assert.StartsWith("user: hi [0 Sampling { Temperature = 0, TopP = 1,", choice["message"]!["content"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("""{"prompt_tokens":11,"completion_tokens":4,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":0}}""", answer["usage"].ToJsonString());
    }

    [Fact]
    public async Task Chat_WithEverySetting_HandsThemToTheHost()
    {
        var content = await ContentAsync(new
        {
            model = "demo-generate",
            messages = new object[] { new { role = "developer", content = "be brief" }, new { role = "assistant", content = "ok" }, new { role = "user", content = new object[] { new { type = "text", text = "one " }, new { type = "text", text = "two" } } } },
            max_tokens = 5,
            max_completion_tokens = 7,
            temperature = 0.5,
            top_p = 0.9,
            seed = 42,
            stop = new[] { "\n", "end" },
            user = "somebody",
        });

        Assert.Equal("system: be brief | assistant: ok | user: one two [7 Sampling { Temperature = 0.5, TopP = 0.9, TopK = 0, Seed = 42 } \n/end]", content);
    }

    [Fact]
    public async Task Chat_WithNeutralSettings_IsServed() =>
        Assert.NotEmpty(await ContentAsync(new
        {
            model = "demo-generate", messages = Hi, stream = false, n = 1, logprobs = false, frequency_penalty = 0, presence_penalty = 0,
            tools = Array.Empty<object>(), logit_bias = new { }, response_format = new { type = "text" }, stop = (string?)null,
        }));

    private async Task<string> ContentAsync(object body)
    {
        var answer = await served.Acme.PostAsync("/v1/chat/completions", body);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        return answer["choices"][0]!["message"]!["content"]!.GetValue<string>();
    }
}
