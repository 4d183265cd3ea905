using Hybrid.Functions.Tests.Hosting;

namespace Hybrid.Functions.Tests.Http;

public sealed class RerankTests(ServedFunctions served)
{
    private static readonly string[] Texts = ["nothing here", "red and green", "red green blue"];

    [Fact]
    public async Task Rerank_OrdersTheDocumentsBestFirst()
    {
        var answer = await served.Acme.PostAsync("/v1/rerank", new { model = "demo-rerank", query = "red green blue", documents = Texts });

        Assert.Equal([2, 1, 0], answer["results"].AsArray().Select(result => result!["index"]!.GetValue<int>()));
        Assert.Equal([0.75f, 0.5f, 0f], answer["results"].AsArray().Select(result => result!["relevance_score"]!.GetValue<float>()));
        Assert.Null(answer["results"][0]!["document"]);
        Assert.Equal(9, answer["usage"]["total_tokens"]!.GetValue<int>());
        Assert.Equal("demo-rerank", answer["model"].GetValue<string>());
    }

    [Fact]
    public async Task Rerank_WithTopNAndDocuments_KeepsTheBestAndRepeatsThem()
    {
        var documents = new object[] { "nothing here", new { text = "red green blue" } };
        var answer = await served.Acme.PostAsync("/v1/rerank", new { model = "demo-rerank", query = "red", documents, top_n = 1, return_documents = true });

        Assert.Equal("red green blue", Assert.Single(answer["results"].AsArray())!["document"]!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task TeiRerank_AnswersAListWithTheServersOwnModel()
    {
        var plain = await served.Acme.PostAsync("/rerank", new { query = "red green blue", texts = Texts });
        var raw = await served.Acme.PostAsync("/rerank", new { query = "red green blue", texts = Texts, raw_scores = true, return_text = true });

        Assert.Equal([2, 1, 0], plain.Body!.AsArray().Select(result => result!["index"]!.GetValue<int>()));
        Assert.Null(plain.Body[0]!["text"]);
        Assert.Equal((7.5f, "red green blue"), (raw.Body![0]!["score"]!.GetValue<float>(), raw.Body[0]!["text"]!.GetValue<string>()));
    }
}
