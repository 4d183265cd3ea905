using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;

namespace Hybrid.Stack.Publishing.Labels;

/// <summary>Reads a model's labels, changes them and writes them, unless somebody else did meanwhile.</summary>
public sealed class ModelLabelling(IModelRepository repository)
{
    /// <inheritdoc cref="LabelChanges.Promote"/>
    public Task<LabelChange> PromoteAsync(string model, int? version, int percent, CancellationToken cancellationToken) =>
        ChangeAsync(model, (labels, published) => LabelChanges.Promote(labels, published, version, percent), cancellationToken);

    /// <inheritdoc cref="LabelChanges.TryOut"/>
    public Task<LabelChange> TryOutAsync(ModelVersion id, int percent, CancellationToken cancellationToken) =>
        ChangeAsync(id.Model, (labels, published) => LabelChanges.TryOut(labels, published, id.Version, percent), cancellationToken);

    /// <inheritdoc cref="LabelChanges.Rollback"/>
    public Task<LabelChange> RollbackAsync(string model, int? version, CancellationToken cancellationToken) =>
        ChangeAsync(model, (labels, published) => LabelChanges.Rollback(labels, published, version), cancellationToken);

    private async Task<LabelChange> ChangeAsync(
        string model, Func<ModelLabels, IReadOnlyList<int>, ModelLabels> change, CancellationToken cancellationToken)
    {
        var stored = await repository.LabelsAsync(ModelVersion.Checked(model), cancellationToken);
        var versions = await repository.ListAsync(model, cancellationToken);
        var before = stored.Labels ?? new ModelLabels();
        var after = Changed(model, before, [.. versions.Where(version => version.IsPublished).Select(version => version.Id.Version)], change);
        if (after != before)
        {
            await repository.LabelAsync(model, after, stored.Revision, cancellationToken);
        }

        return new LabelChange(before, after);
    }

    private static ModelLabels Changed(
        string model, ModelLabels before, IReadOnlyList<int> published, Func<ModelLabels, IReadOnlyList<int>, ModelLabels> change)
    {
        try
        {
            return change(before, published);
        }
        catch (HybridException exception)
        {
            throw new HybridException(exception.Error with { Message = $"{model}: {exception.Message}." }, exception);
        }
    }
}

/// <summary>What a change of labels did; both are the same when there was nothing to do.</summary>
public sealed record LabelChange(ModelLabels Before, ModelLabels After);
