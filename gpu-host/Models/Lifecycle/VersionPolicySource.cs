using System.Collections.Concurrent;
using System.Text;
using Hybrid.GpuHost.Models.Configuration;
using Hybrid.GpuHost.Weights;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>
/// Finds each model's version policy: that of the <c>config.pbtxt</c> which came with its highest version, else of the one beside the versions, where
/// Triton has it, else the host's. It is read from where models are published, before anything is staged: it says what is worth staging.
/// </summary>
internal sealed class VersionPolicySource(IModelSource source, ModelConfigurations configurations, IOptions<LifecycleOptions> options, ILogger logger)
{
    private readonly ConcurrentDictionary<string, Found> _found = new(StringComparer.Ordinal);
    private readonly KnownFaults _unreadable = new();

    /// <param name="highest">Of the versions that are published.</param>
    /// <param name="etag">Of its manifest.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<VersionPolicy> OfAsync(ModelId highest, string? etag, CancellationToken cancellationToken)
    {
        if (!_found.TryGetValue(highest.Name, out var found) || found.Id != highest || found.ETag != etag || etag is null)
        {
            _found[highest.Name] = found = new Found(highest, etag, await OfVersionAsync(highest, cancellationToken));
        }

        return found.Policy ?? await OfModelAsync(highest, cancellationToken) ?? options.Value.VersionPolicy;
    }

    // Null: the file says nothing of it. One that cannot be read is for the load of its version to complain of.
    private async Task<VersionPolicy?> OfVersionAsync(ModelId id, CancellationToken cancellationToken)
    {
        try
        {
            return await TextAsync(id, cancellationToken) is { } text ? configurations.VersionPolicyIn(id, text) : null;
        }
        catch (Exception exception) when (exception is InvalidDataException or WeightsException { MayPass: false })
        {
            return null;
        }
    }

    // It belongs to no version, so it may change at any time, and no load will complain of it.
    private async Task<VersionPolicy?> OfModelAsync(ModelId id, CancellationToken cancellationToken)
    {
        try
        {
            var document = await source.DocumentAsync(id.Name, ModelConfigurations.FileName, ModelConfigurations.MaxBytes, cancellationToken);
            var policy = document is null ? null : configurations.VersionPolicyIn(id, Encoding.UTF8.GetString(document.Content));
            _unreadable.Clear(id.Name);
            return policy;
        }
        catch (Exception exception) when (exception is InvalidDataException or WeightsException { MayPass: false })
        {
            if (_unreadable.IsNews(id.Name, exception.Message))
            {
                Log.PolicyUnreadable(logger, id.Name, exception.Message);
            }

            return null;
        }
    }

    private async Task<string?> TextAsync(ModelId id, CancellationToken cancellationToken)
    {
        if (source.FolderOf(id) is { } folder)
        {
            // Not the one beside it, which may change while the version does not.
            return File.Exists(Path.Combine(folder, ModelConfigurations.FileName)) ? ModelConfigurations.Text(id, folder) : null;
        }

        await using var file = await source.OpenAsync(id, ModelConfigurations.FileName, 0, etag: null, cancellationToken);
        return Encoding.UTF8.GetString(await file.ReadAllAsync(ModelConfigurations.MaxBytes, cancellationToken));
    }

    // Without a policy, its configuration says nothing of it.
    private sealed record Found(ModelId Id, string? ETag, VersionPolicy? Policy);
}
