using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Budgets;
using Hybrid.Orchestrations.Pipelines;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Tests.Pipelines;

public sealed class RagRequestsTests
{
    private static readonly RagQuestion Plain = new() { Question = "why?", Collection = "handbook" };

    private readonly RagRequests _requests = new(Options.Create(new RagOptions()), Options.Create(new BudgetOptions()));

    [Fact]
    public void Create_OfABareQuestion_FillsInTheDefaults()
    {
        var request = _requests.Create(Plain, "acme");

        Assert.Equal(
            new RagRequest("why?", "handbook", "acme", 10, 3, 256, 30_000, new RagModels("demo-embed", "demo-rerank", "demo-generate"), new StageShares(3000, 0.8, 50)),
            request);
    }

    [Fact]
    public void Create_WithFewerDocumentsThanTheDefaultAnswerUses_UsesThose() =>
        Assert.Equal((2, 2), (_requests.Create(Plain with { TopK = 2 }, "acme").TopK, _requests.Create(Plain with { TopK = 2 }, "acme").TopN));

    public static TheoryData<string, RagQuestion, ErrorCode, string> Bad => new()
    {
        { "no question", Plain with { Question = null }, ErrorCode.InvalidRequest, "question" },
        { "empty question", Plain with { Question = " " }, ErrorCode.Unprocessable, "question" },
        { "long question", Plain with { Question = new string('é', 4097) }, ErrorCode.Unprocessable, "question" },
        { "no collection", Plain with { Collection = null }, ErrorCode.InvalidRequest, "collection" },
        { "path as collection", Plain with { Collection = "../x" }, ErrorCode.Unprocessable, "collection" },
        { "top_k 0", Plain with { TopK = 0 }, ErrorCode.Unprocessable, "top_k" },
        { "top_k 51", Plain with { TopK = 51 }, ErrorCode.Unprocessable, "top_k" },
        { "top_n 9", Plain with { TopN = 9 }, ErrorCode.Unprocessable, "top_n" },
        { "top_n over top_k", Plain with { TopK = 2, TopN = 3 }, ErrorCode.Unprocessable, "top_n" },
        { "max_tokens 0", Plain with { MaxTokens = 0 }, ErrorCode.Unprocessable, "max_tokens" },
        { "timeout under 1 s", Plain with { TimeoutMs = 999 }, ErrorCode.Unprocessable, "timeout_ms" },
        { "timeout over 10 min", Plain with { TimeoutMs = 600_001 }, ErrorCode.Unprocessable, "timeout_ms" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Create_OfWhatIsNotAcceptable_NamesTheField(string what, RagQuestion question, ErrorCode code, string field)
    {
        var error = Assert.Throws<HybridException>(() => _requests.Create(question, "acme")).Error;

        Assert.True((code, field) == (error.Code, error.Param), $"{what}: {error}");
    }
}
