using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Weights;
using Hybrid.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>A container of a real blob service with versions in it, the network to it, and a cache.</summary>
internal sealed class BlobFixture : IAsyncDisposable
{
    public const int WeightsSize = 3_000_000;

    private readonly TestFolder _cache = new();
    private readonly BlobContainerClient _container;

    private BlobFixture(AzuriteServer azurite)
    {
        DirectConnectionString = azurite.ConnectionString;
        Relay = new StorageRelay(azurite.ConnectionString);
        Options = new WeightsOptions
        {
            ConnectionString = Relay.ConnectionString,
            Container = $"models-{Guid.NewGuid():n}",
            CacheDirectory = _cache.Path,
            RetryDelay = TimeSpan.FromMilliseconds(5),
            MaxAttempts = 3,
            MinFreeBytes = 0,
        };
        _container = new BlobContainerClient(azurite.ConnectionString, Options.Container);
    }

    public StorageRelay Relay { get; }

    /// <summary>Leads to the storage without the relay.</summary>
    public string DirectConnectionString { get; }

    public WeightsOptions Options { get; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public string Cache => _cache.Path;

    /// <summary>Files of versions that are not complete.</summary>
    public IReadOnlyList<string> Partials =>
        Directory.Exists(_cache.Combine(".staging")) ? Directory.GetFiles(_cache.Combine(".staging"), "*", SearchOption.AllDirectories) : [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task<BlobFixture> StartAsync(StorageFixture storage) => StartAsync(storage.Azurite);

    public static async Task<BlobFixture> StartAsync(AzuriteServer azurite)
    {
        var fixture = new BlobFixture(azurite);
        await fixture._container.CreateAsync(cancellationToken: Cancel);
        return fixture;
    }

    public static byte[] Weights(ModelId id)
    {
        var bytes = new byte[WeightsSize];
        new Random(id.Version).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Publishes <c>model.onnx</c>, <c>config.json</c> and their manifest.</summary>
    public Task PublishAsync(ModelId id) => PublishAsync(id, ("model.onnx", Weights(id)), ("config.json", [.. "{}"u8]));

    public async Task PublishAsync(ModelId id, params (string Path, byte[] Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            await WriteAsync(id, path, content);
        }

        var manifest = new ModelManifest([.. files.Select(file => new ModelFile(file.Path, file.Content.Length, Convert.ToHexStringLower(SHA256.HashData(file.Content))))]);
        await WriteAsync(id, ModelManifest.FileName, manifest.ToJson());
    }

    /// <summary>Publishes what lies in a version's folder, as it is: its manifest last, if there is one.</summary>
    public async Task PublishAsync(ModelId id, string folder)
    {
        foreach (var path in Directory.GetFiles(folder).OrderBy(path => Path.GetFileName(path) == ModelManifest.FileName))
        {
            await WriteAsync(id, Path.GetFileName(path), await File.ReadAllBytesAsync(path, Cancel));
        }
    }

    public Task WriteAsync(ModelId id, string path, byte[] content) =>
        _container.GetBlobClient($"{id}/{path}").UploadAsync(BinaryData.FromBytes(content), overwrite: true, Cancel);

    public Task WriteLabelsAsync(string name, byte[] content) => WriteDocumentAsync(name, ModelLabels.FileName, content);

    /// <summary>Beside a model's versions.</summary>
    public Task WriteDocumentAsync(string name, string file, byte[] content) =>
        _container.GetBlobClient($"{name}/{file}").UploadAsync(BinaryData.FromBytes(content), overwrite: true, Cancel);

    public Task DeleteAsync(ModelId id, string path) => _container.DeleteBlobAsync($"{id}/{path}", cancellationToken: Cancel);

    public IModelSource Source() => ModelSources.Create(Options, NullLogger.Instance);

    public Task<StagedVersion> StageAsync(ModelId id) =>
        new WeightsStaging(Source(), Microsoft.Extensions.Options.Options.Create(Options), Time, NullLogger<WeightsStaging>.Instance).StageAsync(id, Cancel);

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync();
        _cache.Dispose();
    }
}
