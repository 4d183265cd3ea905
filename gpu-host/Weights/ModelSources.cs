using Azure.Identity;
using Azure.Storage.Blobs;
using Hybrid.GpuHost.Weights.Offline;

namespace Hybrid.GpuHost.Weights;

/// <summary>Makes the one source that the options name.</summary>
public static class ModelSources
{
    public static IModelSource Create(WeightsOptions options, ILogger logger)
    {
        // Tries are counted and logged in one place, ours.
        var once = new BlobClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = options.ReadTimeout } };
        if (!string.IsNullOrWhiteSpace(options.Directory))
        {
            return new DirectoryModelSource(Path.GetFullPath(options.Directory));
        }

        var container = options.ContainerUri is not { } uri ? new BlobContainerClient(options.ConnectionString, options.Container, once)
            : uri.Query.Contains("sig=", StringComparison.Ordinal) ? new BlobContainerClient(uri, once)
            : new BlobContainerClient(uri, new DefaultAzureCredential(), once);
        var memory = new SourceMemory(Path.GetFullPath(options.CacheDirectory), container.Uri.GetLeftPart(UriPartial.Path));
        return new RememberedSource(new BlobModelSource(container), memory, logger);
    }
}
