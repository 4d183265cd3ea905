using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Endpoints;

public sealed class RerankTests(DemoHost demo)
{
    private const string Query = "When is a batch closed?";

    private static readonly string[] Passages =
    [
        "Keys belong to tenants.",
        "A batch is closed on size, tokens or delay, whichever comes first.",
        string.Join(' ', Enumerable.Repeat("Weights are staged from blobs.", 30)),
    ];

    [Fact]
    public async Task Rerank_Passages_ThePassageThatAnswersIsFirst()
    {
        var reply = await RerankAsync(Passages);

        Assert.Equal(1, reply.Scores.ToList().IndexOf(reply.Scores.Max()));
        Assert.All(reply.Scores, score => Assert.InRange(score, 0, 1));
    }

    [Fact]
    public async Task Rerank_Together_EqualsAlone()
    {
        var together = await RerankAsync(Passages);
        for (var i = 0; i < Passages.Length; i++)
        {
            Assert.Equal((await RerankAsync([Passages[i]])).Scores[0], together.Scores[i], 1e-6f);
        }
    }

    [Fact]
    public async Task Rerank_RawScores_AreTheLogitsOfTheOthers()
    {
        var raw = await RerankAsync(Passages, rawScores: true);
        var scores = await RerankAsync(Passages);

        Assert.Equal(scores.Scores, raw.Scores.Select(score => 1 / (1 + MathF.Exp(-score))));
    }

    private Task<RerankReply> RerankAsync(string[] passages, bool rawScores = false) =>
        demo.Host.PostAsync<RerankRequest, RerankReply>(TaskRoutes.Rerank, new RerankRequest("demo-rerank", Query, passages, rawScores));
}
