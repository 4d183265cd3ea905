using System.Runtime.InteropServices;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Activities;
using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Retrieval;
using Hybrid.Orchestrations.Tests.Dispatch;
using Hybrid.Orchestrations.Tests.Retrieval;
using Hybrid.Orchestrations.Tests.Storage;
using Hybrid.Testing;

namespace Hybrid.Orchestrations.Tests.Activities;

/// <summary>The stages' work against a real Azurite and a host of the test's own.</summary>
public sealed class StageActivitiesTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private static readonly StageCall Call = new("acme", "acme.run", 20_000);

    private readonly string _collection = $"c{Guid.NewGuid():N}";
    private FakeGpuHost _host = null!;
    private TestPool _pool = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await FakeGpuHost.StartAsync();
        _pool = new TestPool([_host.Address], null, ("AzureWebJobsStorage", azurite.ConnectionString));
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Embed_OfAQuestion_IsItsVectorAndWhoMadeIt()
    {
        _host.On<EmbedRequest, EmbedReply>(TaskRoutes.Embed, request =>
            new EmbedReply(request.Model, 4, 2, new float[] { request.Inputs[0].Text!.Length, 2 }, 1, default));

        var embedded = await _pool.Get<EmbedActivity>().RunAsync(new EmbedStage(Call, "m", "why?"), Cancellation);

        Assert.Equal([4f, 2f], MemoryMarshal.Cast<byte, float>(embedded.Vector).ToArray());
        Assert.Equal(("m", 4), (embedded.Model, embedded.Version));
        Assert.Equal("2", _host.Requests.Single().Headers[HybridHeaders.Priority]);
        Assert.Equal(("acme", "acme.run"), (_host.Requests.Single().Headers[HybridHeaders.Tenant], _host.Requests.Single().Headers[HybridHeaders.RequestId]));
    }

    [Fact]
    public async Task Embed_ThatFails_CarriesTheErrorInItsMessage()
    {
        _host.Fails(TaskRoutes.Embed, new Error(ErrorCode.ModelNotFound, "No model 'm'.", "model"));

        var failure = await Assert.ThrowsAsync<StageException>(() => _pool.Get<EmbedActivity>().RunAsync(new EmbedStage(Call, "m", "why?"), Cancellation));

        Assert.Equal("model_not_found(model): No model 'm'.", failure.Message);
    }

    [Fact]
    public async Task Retrieve_FindsTheNearestOfTheTenantsOwnCollection()
    {
        await IndexAsync("acme", 20);
        await IndexAsync("other", 3);
        var vector = Vectors.Rows(20, 4, 11)[7].Vector;

        var found = await RetrieveAsync(vector, "demo-embed");

        Assert.Equal("d7", found.Documents[0].Id);
        Assert.Equal(5, found.Documents.Count);
        Assert.Equal(1, found.Documents[0].Score, 1e-5);
    }

    [Fact]
    public async Task Retrieve_FromACollectionOfAnotherModel_IsAConflictThatNamesBoth()
    {
        await IndexAsync("acme", 3);

        var error = (await Assert.ThrowsAsync<StageException>(() => RetrieveAsync(new float[4], "another"))).Error;

        Assert.Equal(ErrorCode.Conflict, error.Code);
        Assert.Contains("demo-embed", error.Message, StringComparison.Ordinal);
        Assert.Contains("another", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retrieve_FromAnEmptyCollection_SaysSo()
    {
        await IndexAsync("acme", 0);

        Assert.Equal(ErrorCode.Unprocessable, (await Assert.ThrowsAsync<StageException>(() => RetrieveAsync(new float[4], "demo-embed"))).Error.Code);
    }

    [Fact]
    public async Task Rerank_OrdersByTheModelsScoreAndKeepsTheBest()
    {
        await IndexAsync("acme", 4);
        _host.On<RerankRequest, RerankReply>(TaskRoutes.Rerank, request =>
            new RerankReply(request.Model, 2, [.. request.Passages.Select(passage => passage == "text of d2" ? 0.9f : passage == "text of d0" ? 0.5f : 0.1f)], 9, default));

        var ranked = await RerankAsync("d0", "d1", "d2", "d3");

        Assert.Equal(["d2", "d0"], ranked.Documents.Select(document => document.Id));
        Assert.Equal(("m", 2), (ranked.Model, ranked.Version));
    }

    [Fact]
    public async Task Rerank_OfADocumentThatWasDeletedMeanwhile_LeavesItOut()
    {
        await IndexAsync("acme", 1);
        _host.On<RerankRequest, RerankReply>(TaskRoutes.Rerank, request => new RerankReply(request.Model, 1, [.. request.Passages.Select(_ => 0.5f)], 9, default));

        Assert.Equal(["d0"], (await RerankAsync("gone", "d0")).Documents.Select(document => document.Id));
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<StageException>(() => RerankAsync("gone"))).Error.Code);
    }

    [Fact]
    public async Task Generate_GetsTheDocumentsBestFirstAndNamesThemAsSources()
    {
        await IndexAsync("acme", 3);
        GenerateRequest? asked = null;
        _host.On<GenerateRequest, GenerateReply>(TaskRoutes.Generate, request =>
        {
            asked = request;
            return new GenerateReply(request.Model, 5, "because", FinishReason.Length, 30, 7, default);
        });

        var answer = await _pool.Get<GenerateActivity>().RunAsync(
            new GenerateStage(Call, _collection, "m", "why?", [new RankedDocument("d2", 0.9f), new RankedDocument("d0", 0.5f)], 7), Cancellation);

        Assert.Equal([new ChatMessage("user", "why?")], asked!.Messages);
        Assert.Equal([new ContextDocument("Title of d2", "text of d2"), new ContextDocument("Title of d0", "text of d0")], asked.Documents);
        Assert.Equal((7, new Sampling()), (asked.MaxTokens, asked.Sampling));
        Assert.Equal([new RagSource("d2", "Title of d2", "text of d2", 0.9f), new RagSource("d0", "Title of d0", "text of d0", 0.5f)], answer.Sources);
        Assert.Equal(("because", "length", new RagUsage(30, 7), "m", 5), (answer.Answer, answer.FinishReason, answer.Usage, answer.Model, answer.Version));
    }

    private Task<VectorIndex> IndexAsync(string tenant, int count) => _pool.Get<CollectionStore>().UpdateAsync(
        CollectionName.Of(tenant, _collection), _ => VectorIndex.Empty("demo-embed", 4).Upsert(Vectors.Rows(count, 4, 11)), Cancellation);

    private Task<RankedDocuments> RetrieveAsync(ReadOnlyMemory<float> vector, string model) => _pool.Get<RetrieveActivity>().RunAsync(
        new RetrieveStage(Call, _collection, model, MemoryMarshal.AsBytes(vector.Span).ToArray(), 5), Cancellation);

    private Task<RankedDocuments> RerankAsync(params string[] ids) => _pool.Get<RerankActivity>().RunAsync(
        new RerankStage(Call, _collection, "m", "why?", [.. ids.Select(id => new RankedDocument(id, 0))], 2), Cancellation);
}
