using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Caching.AbsentIds;
using Hybrid.Orchestrations.Retrieval;
using Hybrid.Orchestrations.Tests.Caching;
using Hybrid.Orchestrations.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Tests.Retrieval;

public sealed class CollectionStoreTests(AzuriteFixture azurite)
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly RetrievalOptions _options = new() { Container = $"c{Guid.NewGuid():N}" };
    private readonly CollectionName _name = CollectionName.Of("acme", "handbook");

    [Fact]
    public async Task Get_AfterAnUpdate_IsWhatWasWritten()
    {
        var store = Store();
        await store.UpdateAsync(_name, Upsert(3), Cancellation);

        Assert.Equal(3, (await store.GetAsync(_name, Cancellation)).Count);
        Assert.Equal(3, (await Store().GetAsync(_name, Cancellation)).Count);
    }

    [Fact]
    public async Task Get_OfWhatIsNotThere_IsNotFound()
    {
        var error = await ErrorOf(Store().GetAsync(_name, Cancellation));

        Assert.Equal((ErrorCode.NotFound, "There is no collection 'handbook'."), (error.Code, error.Message));
    }

    [Fact]
    public async Task Get_OfAnUnchangedCollection_IsTheSameObject()
    {
        var store = Store();
        await store.UpdateAsync(_name, Upsert(3), Cancellation);

        Assert.Same(await store.GetAsync(_name, Cancellation), await store.GetAsync(_name, Cancellation));
    }

    [Fact]
    public async Task Get_AfterAnotherProcessWrote_SeesItAtOnce()
    {
        var (ours, theirs) = (Store(), Store());
        await ours.UpdateAsync(_name, Upsert(3), Cancellation);
        Assert.Equal(3, (await theirs.GetAsync(_name, Cancellation)).Count);

        await theirs.UpdateAsync(_name, current => current!.Remove("d0"), Cancellation);

        Assert.Equal(2, (await ours.GetAsync(_name, Cancellation)).Count);
    }

    [Fact]
    public async Task Update_ByManyAtOnce_LosesNothing()
    {
        var stores = new ConcurrentBag<CollectionStore>([Store(), Store(), Store()]);

        await Task.WhenAll(stores.Select(async (store, writer) =>
        {
            for (var i = 0; i < 4; i++)
            {
                var row = new IndexedRow(Vectors.Document($"w{writer}-{i}"), Vectors.Unit(new Random(i), 4));
                await store.UpdateAsync(_name, current => (current ?? VectorIndex.Empty("m", 4)).Upsert([row]), Cancellation);
            }
        }));

        Assert.Equal(12, (await Store().GetAsync(_name, Cancellation)).Count);
    }

    [Fact]
    public async Task Update_ThatChangesNothing_WritesNothing()
    {
        var store = Store();
        await store.UpdateAsync(_name, Upsert(3), Cancellation);
        var before = await ETagAsync();

        await store.UpdateAsync(_name, current => current!.Remove("not-there"), Cancellation);

        Assert.Equal(before, await ETagAsync());
    }

    [Fact]
    public async Task Get_OfADamagedBlob_SaysWhatIsWrongAndWhatToDo()
    {
        await Store().UpdateAsync(_name, Upsert(3), Cancellation);
        var blob = azurite.Blobs.GetBlobContainerClient(_options.Container).GetBlobClient("acme/handbook/index");
        var bytes = (await blob.DownloadContentAsync(Cancellation)).Value.Content.ToArray();
        bytes[40] ^= 1;
        await blob.UploadAsync(new BinaryData(bytes), overwrite: true, Cancellation);

        var error = await ErrorOf(Store().GetAsync(_name, Cancellation));

        Assert.Equal(ErrorCode.Internal, error.Code);
        Assert.Equal("Collection 'handbook' is damaged in storage: its checksum does not fit its content. Delete it and index its documents again.", error.Message);
    }

    [Fact]
    public async Task Get_OfABlobOverTheLimit_IsRefusedUnread()
    {
        await Store().UpdateAsync(_name, Upsert(100), Cancellation);

        var error = await ErrorOf(Store(new RetrievalOptions { Container = _options.Container, MaxIndexBytes = 1024 }).GetAsync(_name, Cancellation));

        Assert.Contains("Retrieval:MaxIndexBytes = 1024", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_ToMoreThanTheLimit_IsRefusedUnwritten()
    {
        var store = Store(new RetrievalOptions { Container = _options.Container, MaxIndexBytes = 1024 });

        Assert.Equal(ErrorCode.PayloadTooLarge, (await ErrorOf(store.UpdateAsync(_name, Upsert(100), Cancellation))).Code);
        Assert.Equal(ErrorCode.NotFound, (await ErrorOf(store.GetAsync(_name, Cancellation))).Code);
    }

    [Fact]
    public async Task List_ShowsTheTenantsOwnCollectionsOnly()
    {
        var store = Store();
        Assert.Empty(await store.ListAsync("acme", Cancellation));
        foreach (var (tenant, name) in (IEnumerable<(string, string)>)[("acme", "b"), ("acme", "a"), ("acme-2", "c"), ("other", "d")])
        {
            await store.UpdateAsync(CollectionName.Of(tenant, name), Upsert(1), Cancellation);
        }

        Assert.Equal(["a", "b"], await store.ListAsync("acme", Cancellation));
    }

    [Fact]
    public async Task Delete_RemovesTheCollectionForEverybody()
    {
        var (ours, theirs) = (Store(), Store());
        Assert.False(await ours.DeleteAsync(_name, Cancellation));
        await ours.UpdateAsync(_name, Upsert(1), Cancellation);
        await theirs.GetAsync(_name, Cancellation);

        Assert.True(await ours.DeleteAsync(_name, Cancellation));
        Assert.Equal(ErrorCode.NotFound, (await ErrorOf(theirs.GetAsync(_name, Cancellation))).Code);
    }

    [Fact]
    public async Task TenThousandLookups_OfCollectionsThatAreNotThere_HardlyReachTheStore()
    {
        var calls = new CallCounter();
        var store = Store(blobs: azurite.CountedBy(calls), window: TimeSpan.FromSeconds(3));
        await store.UpdateAsync(_name, Upsert(3), Cancellation);
        calls.Count = 0;

        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(ErrorCode.NotFound, (await ErrorOf(store.GetAsync(CollectionName.Of("acme", $"absent-{i}"), Cancellation))).Code);
        }

        Assert.InRange(calls.Count, 1, 100);
        Assert.Equal(3, (await store.GetAsync(_name, Cancellation)).Count);
    }

    [Fact]
    public async Task TenThousandLookups_OfDocumentsThatAreNotThere_HardlyReachTheStore()
    {
        var calls = new CallCounter();
        var store = Store(blobs: azurite.CountedBy(calls), window: TimeSpan.FromSeconds(3));
        await store.UpdateAsync(_name, Upsert(3), Cancellation);
        calls.Count = 0;

        for (var i = 0; i < 10_000; i++)
        {
            // As CollectionIndexer.RemoveAsync goes about it.
            if (!await store.IsAbsentAsync(_name, $"absent-{i}", Cancellation))
            {
                Assert.Null((await store.GetAsync(_name, Cancellation)).Find($"absent-{i}"));
            }
        }

        Assert.InRange(calls.Count, 1, 100);
        Assert.False(await store.IsAbsentAsync(_name, "d0", Cancellation));
    }

    [Fact]
    public async Task WhatAnotherProcessAdded_IsNeverDenied()
    {
        var (ours, theirs) = (Store(), Store());
        for (var round = 0; round < 15; round++)
        {
            var name = CollectionName.Of("acme", $"round-{round}");
            var adding = ours.UpdateAsync(name, Upsert(1), Cancellation);
            while (!adding.IsCompleted)
            {
                // Their filter is hot, and all but sees the collection come.
                await Record.ExceptionAsync(() => theirs.GetAsync(CollectionName.Of("acme", "absent"), Cancellation));
            }

            await adding;
            Assert.Equal(1, (await theirs.GetAsync(name, Cancellation)).Count);

            // The same of a document, in a collection that they have just looked at.
            var addingTwo = ours.UpdateAsync(name, Upsert(3), Cancellation);
            while (!addingTwo.IsCompleted)
            {
                await theirs.IsAbsentAsync(name, "d2", Cancellation);
            }

            await addingTwo;
            Assert.False(await theirs.IsAbsentAsync(name, "d2", Cancellation));
        }
    }

    private static Func<VectorIndex?, VectorIndex> Upsert(int count) =>
        current => (current ?? VectorIndex.Empty("m", 4)).Upsert(Vectors.Rows(count, 4, 3));

    private CollectionStore Store(RetrievalOptions? options = null, BlobServiceClient? blobs = null, TimeSpan? window = null) =>
        new(
            blobs ?? azurite.Blobs,
            Options.Create(options ?? _options),
            Options.Create(new CachingOptions { AbsentIds = { Window = window ?? new AbsentIdOptions().Window } }),
            TestMetrics.Create(),
            TimeProvider.System,
            NullLogger<CollectionStore>.Instance);

    private async Task<ETag> ETagAsync() =>
        (await azurite.Blobs.GetBlobContainerClient(_options.Container).GetBlobClient("acme/handbook/index").GetPropertiesAsync(cancellationToken: Cancellation)).Value.ETag;

    private static async Task<Error> ErrorOf(Task task) => (await Assert.ThrowsAsync<HybridException>(() => task)).Error;
}
