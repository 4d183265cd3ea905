using System.Collections.Concurrent;
using System.Text;
using Hybrid.GpuHost.Models.Configuration;
using Hybrid.GpuHost.Weights;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>
/// Finds each model's version policy: that of the <c>config.pbtxt</c> which came with its highest version, else the host's. It is read from
/// where models are published, before anything is staged: it says what is worth staging.
/// </summary>
internal sealed class VersionPolicySource(IModelSource source, ModelConfigurations configurations, IOptions<LifecycleOptions> options)
{
    private readonly ConcurrentDictionary<string, Found> _found = new(StringComparer.Ordinal);

    /// <param name="highest">Of the versions that are published.</param>
    /// <param name="etag">Of its manifest.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<VersionPolicy> OfAsync(ModelId highest, string? etag, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue(highest.Name, out var found) && found.Id == highest && found.ETag == etag && etag is not null)
        {
            return found.Policy;
        }

        var policy = await ReadAsync(highest, cancellationToken) ?? options.Value.VersionPolicy;
        _found[highest.Name] = new Found(highest, etag, policy);
        return policy;
    }

    // Null: the file says nothing of it. One that cannot be read is for the load of its version to complain of.
    private async Task<VersionPolicy?> ReadAsync(ModelId id, CancellationToken cancellationToken)
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

    private async Task<string?> TextAsync(ModelId id, CancellationToken cancellationToken)
    {
        if (source.FolderOf(id) is { } folder)
        {
            return ModelConfigurations.Text(id, folder);
        }

        await using var file = await source.OpenAsync(id, ModelConfigurations.FileName, 0, etag: null, cancellationToken);
        return Encoding.UTF8.GetString(await file.ReadAllAsync(ModelConfigurations.MaxBytes, cancellationToken));
    }

    private sealed record Found(ModelId Id, string? ETag, VersionPolicy Policy);
}
