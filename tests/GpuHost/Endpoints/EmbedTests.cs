using System.Numerics.Tensors;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.ModelFixtures;

namespace Hybrid.GpuHost.Tests.Endpoints;

public sealed class EmbedTests(DemoHost demo)
{
    private static readonly string[] Texts =
    [
        "a", "What does the budget of a request hold?", "Batches are closed on size, tokens or delay, whichever comes first. Short texts do not pay for long ones.",
        "queue", "The pool picks a host with the power of two choices.", string.Join(' ', Enumerable.Repeat("weights are staged from blobs", 40)),
    ];

    [Fact]
    public async Task Embed_Texts_GivesUnitVectorsAndTimings()
    {
        var reply = await EmbedAsync(Texts);

        Assert.Equal(("demo-embed", 1, 256, Texts.Length), (reply.Model, reply.Version, reply.Dimensions, reply.Count));
        Assert.All(Enumerable.Range(0, reply.Count), i => Assert.Equal(1, TensorPrimitives.Norm(reply.Vector(i).Span), 1e-5f));
        Assert.True(reply.TokenCount > Texts.Length);
        Assert.Equal(reply.TokenCount, reply.TokenCounts!.Sum());
        Assert.Equal(Texts.Length, reply.TokenCounts!.Count);
        Assert.True(reply.Timings.Total >= reply.Timings.Compute && reply.Timings.Compute > TimeSpan.Zero);
    }

    [Theory]
    [InlineData("demo-embed")]
    [InlineData(DemoHost.Bert)]
    public async Task Embed_Together_EqualsAlone(string model)
    {
        var together = await EmbedAsync(Texts, model);
        for (var i = 0; i < Texts.Length; i++)
        {
            var alone = await EmbedAsync((string[])[Texts[i]], model);
            Assert.True(TensorPrimitives.Distance(alone.Vector(0).Span, together.Vector(i).Span) < 1e-6f, Texts[i]);
        }
    }

    [Fact]
    public async Task Embed_ManyRequestsAtOnce_EachGetsItsOwn()
    {
        var alone = await EmbedAsync(Texts);
        var replies = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => EmbedAsync((string[])[Texts[i % Texts.Length]])));

        for (var i = 0; i < replies.Length; i++)
        {
            Assert.Equal(alone.Vector(i % Texts.Length).ToArray(), replies[i].Vector(0).ToArray());
        }
    }

    [Fact]
    public async Task Embed_SimilarTexts_AreNearer()
    {
        var reply = await EmbedAsync((string[])["How is a batch closed?", "A batch is closed when it is full.", "Keys belong to tenants."]);

        Assert.True(Dot(reply, 0, 1) > Dot(reply, 0, 2));
    }

    [Fact]
    public async Task Embed_OwnTokens_AreTakenAsTheyAre()
    {
        int[] tokens = [.. "[CLS] queue [SEP]".Split(' ').Select(token => HuggingFaceFixtures.EncoderVocabulary.ToList().IndexOf(token))];
        var reply = await EmbedAsync([new EmbedInput(null, tokens), "queue"], DemoHost.Bert);

        Assert.Equal(reply.Vector(1).ToArray(), reply.Vector(0).ToArray());
        Assert.Equal(6, reply.TokenCount);
    }

    [Fact]
    public async Task Embed_OverTheModelsLength_IsCutOrRefused()
    {
        var text = string.Join(' ', Enumerable.Repeat("the queue", 80));
        var cut = await EmbedAsync([new EmbedInput(text, null)], DemoHost.Bert);
        var (_, error) = await demo.Host.PostForErrorAsync(TaskRoutes.Embed, Wire.Encode(new EmbedRequest(DemoHost.Bert, ["queue", text], Truncate: false)));

        Assert.Equal(HuggingFaceFixtures.MaxPositions, cut.TokenCount);
        Assert.Equal((ErrorCode.Unprocessable, "input[1]"), (error.Code, error.Param));
    }

    private static float Dot(EmbedReply reply, int a, int b) => TensorPrimitives.Dot(reply.Vector(a).Span, reply.Vector(b).Span);

    private Task<EmbedReply> EmbedAsync(IEnumerable<string> texts, string model = "demo-embed") =>
        EmbedAsync([.. texts.Select(text => new EmbedInput(text, null))], model);

    private Task<EmbedReply> EmbedAsync(EmbedInput[] inputs, string model) =>
        demo.Host.PostAsync<EmbedRequest, EmbedReply>(TaskRoutes.Embed, new EmbedRequest(model, inputs));
}
