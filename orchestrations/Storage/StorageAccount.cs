using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace Hybrid.Orchestrations.Storage;

/// <summary>
/// The storage account of the deployment, found as the Functions host finds it: <c>AzureWebJobsStorage</c> as a connection
/// string, or <c>AzureWebJobsStorage:blobServiceUri</c> (or <c>:accountName</c>) with an identity.
/// </summary>
public static class StorageAccount
{
    public const string Setting = "AzureWebJobsStorage";

    /// <exception cref="InvalidOperationException">The setting is missing or not readable; says what may stand there.</exception>
    public static BlobServiceClient CreateBlobs(IConfiguration configuration)
    {
        var section = configuration.GetSection(Setting);
        if (!string.IsNullOrWhiteSpace(section.Value))
        {
            return FromConnectionString(section.Value);
        }

        var account = section["accountName"];
        var address = section["blobServiceUri"] ?? (account is null ? null : $"https://{account}.blob.core.windows.net");
        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? new BlobServiceClient(uri, CreateCredential(section))
            : throw new InvalidOperationException(
                $"{Setting} is not set. Give it a storage connection string (UseDevelopmentStorage=true for Azurite), or set {Setting}__blobServiceUri and sign in with an identity.");
    }

    private static BlobServiceClient FromConnectionString(string connectionString)
    {
        try
        {
            return new BlobServiceClient(connectionString);
        }
        catch (FormatException exception)
        {
            // The SDK's message may quote the string, and with it a key.
            throw new InvalidOperationException($"{Setting} is not a storage connection string ({exception.GetType().Name}).");
        }
    }

    private static TokenCredential CreateCredential(IConfigurationSection section) =>
        string.Equals(section["credential"], "managedidentity", StringComparison.OrdinalIgnoreCase)
            ? new ManagedIdentityCredential(section["clientId"] is { Length: > 0 } clientId
                ? ManagedIdentityId.FromUserAssignedClientId(clientId)
                : ManagedIdentityId.SystemAssigned)
            : new DefaultAzureCredential();
}
