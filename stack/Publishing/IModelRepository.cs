using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;

namespace Hybrid.Stack.Publishing;

/// <summary>
/// A place that models are published in: <c>&lt;model&gt;/&lt;version&gt;/…</c> with the manifest last, and <c>&lt;model&gt;/labels.json</c>.
/// All of it throws <see cref="HybridException"/> with <see cref="ErrorCode.Unavailable"/> when the place does not answer or refuses.
/// </summary>
public interface IModelRepository
{
    /// <summary>For people; holds no key and no signature.</summary>
    string Name { get; }

    /// <summary>All that is there, of one model or (null) of every, by name and number.</summary>
    Task<IReadOnlyList<StoredVersion>> ListAsync(string? model, CancellationToken cancellationToken);

    /// <summary>Null: the version is not published.</summary>
    Task<ModelManifest?> ManifestAsync(ModelVersion id, CancellationToken cancellationToken);

    /// <summary>Begins to publish a version, or goes on where an earlier upload was broken off.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.Conflict"/>: somebody else is at it, as far as the place can tell.</exception>
    Task<IVersionUpload> BeginAsync(ModelVersion id, CancellationToken cancellationToken);

    /// <summary>Makes a published version an unfinished one, whose files a new upload may take over.</summary>
    Task WithdrawAsync(ModelVersion id, CancellationToken cancellationToken);

    /// <exception cref="HybridException"><see cref="ErrorCode.Unprocessable"/>: there is a document, but it cannot be followed.</exception>
    Task<StoredLabels> LabelsAsync(string model, CancellationToken cancellationToken);

    /// <param name="model">Whose labels.</param>
    /// <param name="labels">The new ones.</param>
    /// <param name="revision">Of the labels that they were made from.</param>
    /// <param name="cancellationToken">Stops it; the document is the old or the new one.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.Conflict"/>: the document changed since then.</exception>
    Task LabelAsync(string model, ModelLabels labels, string? revision, CancellationToken cancellationToken);
}

/// <summary>An upload of one version that goes on. Nobody sees any of it before <see cref="PublishAsync"/>.</summary>
public interface IVersionUpload : IAsyncDisposable
{
    /// <summary>Whether the file is there already, as a broken off upload left it: the same bytes.</summary>
    bool Holds(ModelFile file);

    /// <summary>Stores a file; one that is there is replaced. May be called for several files at once.</summary>
    /// <param name="file">What it is.</param>
    /// <param name="content">Its bytes; a read that throws leaves nothing behind.</param>
    /// <param name="sent">Hears how many are stored.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task StoreAsync(ModelFile file, Stream content, IProgress<long> sent, CancellationToken cancellationToken);

    /// <summary>Looks that every file of the manifest is there, and writes the manifest: from now on the version is published.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.Conflict"/>: somebody else stored other files, or published the version.</exception>
    Task PublishAsync(ModelManifest manifest, CancellationToken cancellationToken);
}
