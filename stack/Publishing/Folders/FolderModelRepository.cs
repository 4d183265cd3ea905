using System.Security.Cryptography;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.Models.Publishing;

namespace Hybrid.Stack.Publishing.Folders;

/// <summary>Models in a folder, as hosts with <c>Weights:Directory</c> read it.</summary>
public sealed class FolderModelRepository(string root) : IModelRepository
{
    private readonly string _root = Path.GetFullPath(root);

    public string Name => $"folder {_root}";

    public Task<IReadOnlyList<StoredVersion>> ListAsync(string? model, CancellationToken cancellationToken) => FolderFailures.ToldAsync(Name, () =>
    {
        var models = Directory.Exists(_root) ? Directory.EnumerateDirectories(_root).Select(folder => Path.GetFileName(folder)!) : [];
        IReadOnlyList<StoredVersion> versions =
        [
            .. models.Where(name => model is null || name == model)
                .SelectMany(name => Directory.EnumerateDirectories(Path.Combine(_root, name)).Select(folder => ModelVersion.TryParse(name, Path.GetFileName(folder))))
                .OfType<ModelVersion>()
                .OrderBy(id => id.Model, StringComparer.Ordinal)
                .ThenBy(id => id.Version)
                .Select(Describe),
        ];
        return Task.FromResult(versions);
    });

    public Task<ModelManifest?> ManifestAsync(ModelVersion id, CancellationToken cancellationToken) => FolderFailures.ToldAsync(Name, async () =>
    {
        var path = Path.Combine(FolderOf(id), ModelManifest.FileName);
        return File.Exists(path) ? ModelManifest.Parse(await File.ReadAllBytesAsync(path, cancellationToken)) : null;
    });

    public Task<IVersionUpload> BeginAsync(ModelVersion id, CancellationToken cancellationToken) =>
        FolderFailures.ToldAsync<IVersionUpload>(Name, () => Task.FromResult<IVersionUpload>(FolderVersionUpload.Begin(this, id)));

    public Task WithdrawAsync(ModelVersion id, CancellationToken cancellationToken) => FolderFailures.ToldAsync(Name, () =>
    {
        var unfinished = UnfinishedFolderOf(id);
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        Directory.Move(FolderOf(id), unfinished);
        return Task.FromResult(true);
    });

    public Task<StoredLabels> LabelsAsync(string model, CancellationToken cancellationToken) => FolderFailures.ToldAsync(Name, async () =>
    {
        var path = LabelsOf(model);
        if (!File.Exists(path))
        {
            return new StoredLabels(null, null);
        }

        var json = await File.ReadAllBytesAsync(path, cancellationToken);
        return new StoredLabels(ModelLabels.Parse(json), Convert.ToHexStringLower(SHA256.HashData(json)));
    });

    public Task LabelAsync(string model, ModelLabels labels, string? revision, CancellationToken cancellationToken) => FolderFailures.ToldAsync(Name, async () =>
    {
        if ((await LabelsAsync(model, cancellationToken)).Revision != revision)
        {
            throw new HybridException(ErrorCode.Conflict, $"The labels of {model} were changed by somebody else meanwhile; look at them and try again.");
        }

        // Written beside and renamed: a host that reads meanwhile finds the old document or the new one.
        var path = LabelsOf(model);
        var beside = Path.Combine(Path.GetDirectoryName(path)!, $".{ModelLabels.FileName}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(beside, labels.ToJson(), cancellationToken);
        File.Move(beside, path, overwrite: true);
        return true;
    });

    internal string FolderOf(ModelVersion id) => Path.Combine(_root, id.ToString());

    /// <summary>Whether a graph lies where versions should.</summary>
    internal bool IsPlainExport(string model) => VersionFiles.Graphs.Any(graph => File.Exists(Path.Combine(_root, model, graph)));

    /// <summary>Beside the version: a host would take a version's own folder for a plain export as long as it has no manifest.</summary>
    internal string UnfinishedFolderOf(ModelVersion id) => Path.Combine(_root, id.Model, $".push-{id.Version}");

    private string LabelsOf(string model) => Path.Combine(_root, model, ModelLabels.FileName);

    private StoredVersion Describe(ModelVersion id)
    {
        var manifest = Path.Combine(FolderOf(id), ModelManifest.FileName);
        var files = new DirectoryInfo(FolderOf(id)).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.FullName != manifest).ToList();

        // Whatever has a version's name: hosts use a plain export, without a manifest, as it lies.
        return new StoredVersion(id, files.Count, files.Sum(file => file.Length), IsPublished: true);
    }
}
