using System.Net;
using System.Runtime.InteropServices;
using Hybrid.Contracts.Tasks;
using Hybrid.Functions.Tests.Hosting;

namespace Hybrid.Functions.Tests.Http;

public sealed class EmbeddingsTests(ServedFunctions served)
{
    public static TheoryData<string, object, EmbedInput[]> Inputs => new()
    {
        { "a text", "one two", ["one two"] },
        { "texts", new[] { "one", "two three" }, ["one", "two three"] },
        { "tokens", new[] { 5, 6, 7 }, [new EmbedInput(null, [5, 6, 7])] },
        { "lists of tokens", new[] { new[] { 5 }, new[] { 6, 7 } }, [new EmbedInput(null, [5]), new EmbedInput(null, [6, 7])] },
    };

    [Theory]
    [MemberData(nameof(Inputs))]
    public async Task Input_OfEveryKind_IsEmbeddedInItsOrder(string what, object input, EmbedInput[] expected)
    {
        var answer = await served.Acme.PostAsync("/v1/embeddings", new { model = "demo-embed", input });

        Assert.True(answer.Status == HttpStatusCode.OK, $"{what}: {answer}");
        Assert.Equal("list", answer["object"].GetValue<string>());
        Assert.Equal("demo-embed", answer["model"].GetValue<string>());
        Assert.Equal(expected.Length * 2, answer["usage"]["total_tokens"]!.GetValue<int>());
        Assert.Equal(expected.Length * 2, answer["usage"]["prompt_tokens"]!.GetValue<int>());
        var data = answer["data"].AsArray();
        Assert.Equal(Enumerable.Range(0, expected.Length), data.Select(item => item!["index"]!.GetValue<int>()));
        Assert.All(data, item => Assert.Equal("embedding", item!["object"]!.GetValue<string>()));
        Assert.Equal(expected.Select(DemoModels.Vector), data.Select(item => item!["embedding"]!.AsArray().Select(value => value!.GetValue<float>()).ToArray()));
    }

    [Fact]
    public async Task Base64_IsTheSameVectorInLittleEndianFloats()
    {
        var answer = await served.Acme.PostAsync("/v1/embeddings", new { model = "demo-embed", input = "one two", encoding_format = "base64" });

        var bytes = Convert.FromBase64String(answer["data"][0]!["embedding"]!.GetValue<string>());
        Assert.Equal(DemoModels.Vector("one two"), MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }

    [Fact]
    public async Task Dimensions_EqualToTheModels_AreAccepted() =>
        Assert.Equal(HttpStatusCode.OK, (await served.Acme.PostAsync("/v1/embeddings", new { model = "demo-embed", input = "x", dimensions = DemoModels.Dimensions })).Status);
}
