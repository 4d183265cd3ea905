using System.Collections.Immutable;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Weights;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>
/// Makes what is served of one model what should be:
/// <list type="number">
/// <item>Read its labels, and the ETag of every version that was tried: whether there is anything new to try.</item>
/// <item>Wanted is what the version policy selects of the versions that are not known to be broken, and what has a label.</item>
/// <item>Load what is wanted and not there, the highest first. With each that fails there is another to want: so a model whose newest version is
/// broken serves the one below.</item>
/// <item>Let go of what is there and not wanted.</item>
/// </list>
/// </summary>
internal sealed class ModelReconciler(
    IModelSource source,
    VersionPolicySource policies,
    VersionLoads loads,
    ModelsState models,
    VersionTable table,
    WantedVersions wantedVersions,
    LifecycleOptions options,
    TimeProvider time,
    ILogger logger)
{
    private readonly KnownFaults _unreadable = new();

    /// <param name="name">The model.</param>
    /// <param name="published">Its versions; none: it is not published any more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="Exception">The source did not answer; nothing has changed then.</exception>
    public async Task RunAsync(string name, IReadOnlyList<ModelId> published, CancellationToken cancellationToken)
    {
        // 1
        var labels = await ReadLabelsAsync(name, cancellationToken);
        var etags = await ReadETagsAsync(published, cancellationToken);
        var policy = published.Count == 0 ? VersionPolicy.Default : await PolicyAsync(published, etags, cancellationToken);
        while (true)
        {
            // 2
            wantedVersions[name] = Want(published, labels, policy, etags);
            var wanted = wantedVersions[name];

            // 3
            var next = published.Where(id => wanted.Contains(id.Version) && MayLoad(id, etags)).MaxBy(id => id.Version);
            if (next is null)
            {
                // 4
                LetGo(name, published, wanted, policy);
                Tell(name, published);
                return;
            }

            etags[next] = await LoadAsync(next, wanted, cancellationToken);
        }
    }

    private ImmutableSortedSet<int> Want(IReadOnlyList<ModelId> published, ModelLabels? labels, VersionPolicy policy, Dictionary<ModelId, string?> etags)
    {
        var now = time.GetTimestamp();
        var sound = published.Where(id => !table[id].IsHeldBack(etags.GetValueOrDefault(id), now, IsThere(id))).Select(id => id.Version).ToHashSet();
        return policy.Select(sound).Union(new[] { labels?.Stable, labels?.Canary }.OfType<int>().Where(sound.Contains));
    }

    private bool MayLoad(ModelId id, Dictionary<ModelId, string?> etags) => table[id].MayLoad(etags.GetValueOrDefault(id), time.GetTimestamp(), IsThere(id));

    private bool IsThere(ModelId id) => models.Current.Offering(id.Name).Contains(id.Version);

    // The ETag that was tried.
    private async Task<string?> LoadAsync(ModelId id, ImmutableSortedSet<int> wanted, CancellationToken cancellationToken)
    {
        if (options.TransitionPolicy == TransitionPolicy.ResourcePreserving)
        {
            var leaving = VersionsOf(id.Name).Where(other => !wanted.Contains(other.Version) || other == id);
            await Task.WhenAll(leaving.Select(other => WithdrawAsync(other, $"made room for version {id.Version}"))).WaitAsync(cancellationToken);
        }

        try
        {
            await loads.LoadAsync(id, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The table knows why, and the log.
        }

        return table[id].LastAttempt?.ETag;
    }

    private void LetGo(string name, IReadOnlyList<ModelId> published, ImmutableSortedSet<int> wanted, VersionPolicy policy)
    {
        var isPublished = published.Select(id => id.Version).ToHashSet();
        foreach (var id in VersionsOf(name).Where(id => !wanted.Contains(id.Version)))
        {
            _ = WithdrawAsync(id, "");
        }

        foreach (var id in published.Where(id => !wanted.Contains(id.Version) && table[id].LastAttempt is not { Succeeded: false }))
        {
            table.Set(id, status => status with { Reason = wantedVersions.IsUnloaded(name) ? "unloaded" : $"not served by the version policy {policy}" });
        }

        foreach (var status in table.Of(name).Where(status => !isPublished.Contains(status.Id.Version) && !status.IsLoading && !status.IsLeaving))
        {
            table.Remove(status.Id);
        }
    }

    /// <summary>Serves this version no more; ends when its last request is answered and its memory free.</summary>
    public Task WithdrawAsync(ModelId id, string why)
    {
        table.Set(id, status => status with { Reason = why });
        return loads.ShowLeavingAsync(id, models.WithdrawAsync(id));
    }

    public IReadOnlyList<ModelId> VersionsOf(string name) => [.. models.Current.Offering(name).Select(version => new ModelId(name, version))];

    // Why its newest version is not served, for those who look at the host's health.
    private void Tell(string name, IReadOnlyList<ModelId> published)
    {
        var failed = published.Select(id => table[id]).Where(status => status.LastAttempt is { Succeeded: false }).MaxBy(status => status.Id.Version);
        models.Fail(name, failed is null ? null : $"version {failed.Id.Version}: {failed.Reason}");
    }

    private async Task<ModelLabels?> ReadLabelsAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var labels = await source.DocumentAsync(name, ModelLabels.FileName, ModelLabels.MaxBytes, cancellationToken) is { } document
                ? ModelLabels.Parse(document.Content)
                : null;
            models.Label(name, labels);
            _unreadable.Clear(name);
            return labels;
        }
        catch (Exception exception) when (exception is HybridException or WeightsException { MayPass: false })
        {
            // Labels that cannot be read change nothing: what was stable stays so. Said once.
            if (_unreadable.IsNews(name, exception.Message))
            {
                Log.LabelsUnreadable(logger, name, exception.Message);
            }

            return models.Current.Plans.GetValueOrDefault(name)?.Labels;
        }
    }

    // Only of those that were tried: the others are new anyway.
    private async Task<Dictionary<ModelId, string?>> ReadETagsAsync(IReadOnlyList<ModelId> published, CancellationToken cancellationToken)
    {
        var etags = new Dictionary<ModelId, string?>();
        foreach (var id in published.Where(id => table[id].LastAttempt is not null))
        {
            etags.Add(id, await source.ETagAsync(id, cancellationToken));
        }

        return etags;
    }

    private async Task<VersionPolicy> PolicyAsync(IReadOnlyList<ModelId> published, Dictionary<ModelId, string?> etags, CancellationToken cancellationToken)
    {
        var highest = published.MaxBy(id => id.Version)!;
        return await policies.OfAsync(highest, etags.GetValueOrDefault(highest), cancellationToken);
    }
}
