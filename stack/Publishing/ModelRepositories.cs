using Azure.Identity;
using Azure.Storage.Blobs;
using Hybrid.Contracts.Errors;
using Hybrid.Stack.Publishing.Blobs;
using Hybrid.Stack.Publishing.Folders;

namespace Hybrid.Stack.Publishing;

/// <summary>Opens the places that models can be published in.</summary>
public static class ModelRepositories
{
    /// <summary>The container that hosts read, unless they are told otherwise.</summary>
    public const string Container = "models";

    public static IModelRepository OfFolder(string path) => new FolderModelRepository(path);

    /// <summary>The account's container <see cref="Container"/>, made with the first version.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: that is no connection string.</exception>
    public static IModelRepository OfAccount(string connectionString)
    {
        try
        {
            return new BlobModelRepository(new BlobContainerClient(connectionString, Container, Options()), create: true);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new HybridException(new Error(ErrorCode.InvalidRequest, "The connection string is none of a storage account."), exception);
        }
    }

    /// <summary>A container by its URI: with the signature in it, else with the identity of whoever is signed in.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: the URI cannot be entered like that.</exception>
    public static IModelRepository OfContainer(Uri uri)
    {
        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
        {
            throw new HybridException(ErrorCode.InvalidRequest, "The container's URI is none: it looks like https://ACCOUNT.blob.core.windows.net/models.");
        }

        if (uri.Query.Contains("sig=", StringComparison.Ordinal))
        {
            return new BlobModelRepository(new BlobContainerClient(uri, Options()), create: false);
        }

        return uri.Scheme == Uri.UriSchemeHttps
            ? new BlobModelRepository(new BlobContainerClient(uri, new DefaultAzureCredential(), Options()), create: false)
            : throw new HybridException(ErrorCode.InvalidRequest, "An identity is shown over https alone; an http URI takes a signature.");
    }

    // Each block is tried again for some seconds; a person waits at the other end, and a push that failed goes on at the next.
    private static BlobClientOptions Options() => new() { Retry = { MaxRetries = 3 } };
}
