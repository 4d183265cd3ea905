using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Retrieval;
using Hybrid.Orchestrations.Tests.Dispatch;
using Hybrid.Orchestrations.Tests.Storage;
using Hybrid.Testing;

namespace Hybrid.Orchestrations.Tests.Retrieval;

public sealed class CollectionIndexerTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly CollectionName _name = CollectionName.Of("acme", $"c{Guid.NewGuid():N}");
    private FakeGpuHost _host = null!;
    private TestPool _pool = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await FakeGpuHost.StartAsync();
        _host.On<EmbedRequest, EmbedReply>(TaskRoutes.Embed, request =>
            new EmbedReply(request.Model, 1, 1, request.Inputs.Select(input => (float)input.Text!.Length).ToArray(), 1, default));
        _pool = new TestPool(
            [_host.Address], null,
            ("AzureWebJobsStorage", azurite.ConnectionString), ("Retrieval:EmbedBatch", "7"), ("Retrieval:MaxDocuments", "30"), ("Retrieval:MaxTextBytes", "100"));
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Upsert_OfManyDocuments_EmbedsThemInBatchesEachWithItsOwnVector()
    {
        var documents = Enumerable.Range(0, 25).Select(i => new IndexedDocument($"d{i}", "", new string('x', i + 1), new Dictionary<string, string>())).ToList();

        Assert.Equal(25, await UpsertAsync([.. documents]));

        var index = await _pool.Get<CollectionStore>().GetAsync(_name, Cancellation);
        Assert.All(Enumerable.Range(0, 25), row => Assert.Equal(index.Documents[row].Text.Length, index.Vector(row)[0]));
        Assert.Equal(4, _host.Requests.Count);
    }

    [Fact]
    public async Task Upsert_OfKnownDocuments_ReplacesThem()
    {
        await UpsertAsync(Vectors.Document("a"), Vectors.Document("b"));

        Assert.Equal(3, await UpsertAsync(Vectors.Document("b", "new text"), Vectors.Document("c")));

        Assert.Equal("new text", (await _pool.Get<CollectionStore>().GetAsync(_name, Cancellation)).Find("b")!.Text);
    }

    [Fact]
    public async Task Upsert_OverTheMostDocuments_IsRefusedWhole()
    {
        await UpsertAsync([.. Enumerable.Range(0, 30).Select(i => Vectors.Document($"d{i}"))]);

        var error = await ErrorOf(UpsertAsync(Vectors.Document("d0", "again"), Vectors.Document("one-more")));

        Assert.Equal(ErrorCode.PayloadTooLarge, error.Code);
        Assert.Equal("text of d0", (await _pool.Get<CollectionStore>().GetAsync(_name, Cancellation)).Find("d0")!.Text);
    }

    [Fact]
    public async Task Upsert_WithNoHost_WritesNothing()
    {
        await _host.DisposeAsync();

        Assert.Equal(ErrorCode.Unavailable, (await ErrorOf(UpsertAsync(Vectors.Document("a")))).Code);
        Assert.Equal(ErrorCode.NotFound, (await ErrorOf(_pool.Get<CollectionStore>().GetAsync(_name, Cancellation))).Code);
    }

    public static TheoryData<string, IndexedDocument, string> Bad => new()
    {
        { "id", Vectors.Document("a b"), "documents[1].id" },
        { "empty id", Vectors.Document(""), "documents[1].id" },
        { "same id", Vectors.Document("good"), "documents[1].id" },
        { "empty text", Vectors.Document("a", " "), "documents[1].text" },
        { "long text", Vectors.Document("a", new string('é', 51)), "documents[1].text" },
        { "long title", Vectors.Document("a") with { Title = new string('x', 513) }, "documents[1].title" },
        { "much metadata", Vectors.Document("a") with { Metadata = new Dictionary<string, string> { ["k"] = new string('x', 4096) } }, "documents[1].metadata" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Upsert_OfWhatIsNotAcceptable_NamesTheDocumentAndIsNotEmbedded(string what, IndexedDocument document, string field)
    {
        var error = await ErrorOf(UpsertAsync(Vectors.Document("good"), document));

        Assert.True((ErrorCode.Unprocessable, field) == (error.Code, error.Param), $"{what}: {error}");
        Assert.Empty(_host.Requests);
    }

    [Fact]
    public async Task Remove_OfADocument_LeavesTheOthers()
    {
        await UpsertAsync(Vectors.Document("a"), Vectors.Document("b"));

        await _pool.Get<CollectionIndexer>().RemoveAsync(_name, "a", Cancellation);

        Assert.Equal(["b"], (await _pool.Get<CollectionStore>().GetAsync(_name, Cancellation)).Documents.Select(document => document.Id));
        Assert.Equal(ErrorCode.NotFound, (await ErrorOf(_pool.Get<CollectionIndexer>().RemoveAsync(_name, "a", Cancellation))).Code);
    }

    private Task<int> UpsertAsync(params IndexedDocument[] documents) =>
        _pool.Get<CollectionIndexer>().UpsertAsync(_name, documents, _pool.Call(), Cancellation);

    private static async Task<Error> ErrorOf(Task task) => (await Assert.ThrowsAsync<HybridException>(() => task)).Error;
}
