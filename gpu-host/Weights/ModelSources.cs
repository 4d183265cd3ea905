using Azure.Identity;
using Azure.Storage.Blobs;

namespace Hybrid.GpuHost.Weights;

/// <summary>Makes the one source that the options name.</summary>
public static class ModelSources
{
    public static IModelSource Create(WeightsOptions options)
    {
        // Tries are counted and logged in one place, ours.
        var once = new BlobClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = options.ReadTimeout } };
        if (!string.IsNullOrWhiteSpace(options.Directory))
        {
            return new DirectoryModelSource(Path.GetFullPath(options.Directory));
        }

        if (options.ContainerUri is not { } uri)
        {
            return new BlobModelSource(new BlobContainerClient(options.ConnectionString, options.Container, once));
        }

        return new BlobModelSource(uri.Query.Contains("sig=", StringComparison.Ordinal)
            ? new BlobContainerClient(uri, once)
            : new BlobContainerClient(uri, new DefaultAzureCredential(), once));
    }
}
