using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Configuration;

namespace Hybrid.GpuHost.Weights.Offline;

/// <summary>
/// Lets a host start while its storage is gone. What the source says of its versions is remembered: which there are, their manifests, labels and
/// configurations. Until it answers for the first time, that is its answer, so that what this machine has of them is served by the same rules.
/// A source that refuses is not one that is gone: then nothing is recalled.
/// </summary>
internal sealed class RememberedSource(IModelSource source, SourceMemory memory, ILogger logger) : IModelSource
{
    private static readonly int MaxBytes = Math.Max(ModelManifest.MaxBytes, ModelConfigurations.MaxBytes);

    private volatile State _state = State.NotAsked;

    private enum State
    {
        NotAsked = 0,
        Recalls,
        Answers,
    }

    public async Task<SourceListing> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            var listing = await source.ListAsync(cancellationToken);
            _state = State.Answers;
            memory.Keep(listing.Published);
            return listing;
        }
        catch (Exception exception) when (
            _state != State.Answers && SourceFailures.IsTransient(exception, cancellationToken) && memory.Versions() is { Count: > 0 } versions)
        {
            Log.SourceRecalled(logger, SourceFailures.Reason(exception), versions.Count);
            _state = State.Recalls;
            return new SourceListing(versions, Incomplete: []) { IsRecalled = true };
        }
    }

    public string? FolderOf(ModelId id) => source.FolderOf(id);

    public async Task<string?> ETagAsync(ModelId id, CancellationToken cancellationToken) => _state == State.Recalls
        ? memory.Read($"{id}/{ModelManifest.FileName}") is { Content: not null, ETag: var etag } ? etag : null
        : await source.ETagAsync(id, cancellationToken);

    public async Task<SourceDocument?> DocumentAsync(string name, string file, int maxBytes, CancellationToken cancellationToken)
    {
        if (_state == State.Recalls)
        {
            return memory.Read($"{name}/{file}") is { Content: { } content, ETag: var etag } ? new SourceDocument(content, etag) : null;
        }

        var document = await source.DocumentAsync(name, file, maxBytes, cancellationToken);
        memory.Keep($"{name}/{file}", document);
        return document;
    }

    public async Task<SourceFile> OpenAsync(ModelId id, string path, long offset, string? etag, CancellationToken cancellationToken)
    {
        if (_state == State.Recalls)
        {
            return Recall($"{id}/{path}");
        }

        return offset == 0 && etag is null && path is ModelManifest.FileName or ModelConfigurations.FileName
            ? await OpenAndKeepAsync(id, path, cancellationToken)
            : await source.OpenAsync(id, path, offset, etag, cancellationToken);
    }

    private async Task<SourceFile> OpenAndKeepAsync(ModelId id, string path, CancellationToken cancellationToken)
    {
        SourceFile file;
        try
        {
            file = await source.OpenAsync(id, path, 0, etag: null, cancellationToken);
        }
        catch (WeightsException exception) when (!exception.MayPass)
        {
            memory.Keep($"{id}/{path}", document: null);
            throw;
        }

        if (file.Length > MaxBytes)
        {
            // For the reader to refuse.
            return file;
        }

        await using (file)
        {
            var content = await file.ReadAllAsync(MaxBytes, cancellationToken);
            memory.Keep($"{id}/{path}", new SourceDocument(content, file.ETag));
            return file with { Content = new MemoryStream(content, writable: false) };
        }
    }

    private SourceFile Recall(string name) => memory.Read(name) switch
    {
        null => throw new WeightsException($"{name} is not on this machine, and its source does not answer.") { MayPass = true },
        { Content: null } => throw new WeightsException($"{name} was not there, and its source does not answer."),
        { Content: { } content, ETag: var etag } => new SourceFile(name, new MemoryStream(content, writable: false), etag, content.Length),
    };
}
