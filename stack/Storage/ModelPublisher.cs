using Hybrid.Models.Publishing;
using Hybrid.Stack.Publishing;
using Hybrid.Stack.Publishing.Folders;

namespace Hybrid.Stack.Storage;

/// <summary>Brings the models of a folder, as the generator writes it, into the stack's own storage.</summary>
internal static class ModelPublisher
{
    /// <summary>
    /// Publishes every <c>&lt;model&gt;/&lt;version&gt;</c> of the folder that is not there yet. One that is there with other files is
    /// replaced: the demo's models change with the sources, and no host of this stack runs yet.
    /// </summary>
    public static async Task PublishAsync(string folder, IModelRepository repository, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var models = new FolderModelRepository(folder);
        var push = new ModelPush(repository);
        foreach (var id in (await models.ListAsync(model: null, cancellationToken)).Select(version => version.Id))
        {
            if (await models.ManifestAsync(id, cancellationToken) is { } manifest)
            {
                var isNew = await push.PushAsync(
                    Path.Combine(folder, id.ToString()), manifest, id, replace: true, beforePublished: null, IFileProgress.None, cancellationToken);
                progress.Report($"models: {id} {(isNew ? "published to" : "is in")} the container");
            }
        }
    }
}
