using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Queues;

namespace Hybrid.LocalHost.Triggers.Queues;

/// <summary>Opens the queue of a trigger, found as a Functions host finds it.</summary>
internal sealed partial class QueueClients(IConfiguration configuration)
{
    private const string DefaultConnection = "AzureWebJobsStorage";

    /// <param name="name">The queue's name; <c>%Setting%</c> stands for that setting's value.</param>
    /// <param name="connection">The setting's name; null: <c>AzureWebJobsStorage</c>.</param>
    /// <exception cref="InvalidOperationException">A setting is missing or not readable. The message names it, and never quotes it.</exception>
    public (QueueClient Queue, QueueClient Poison) Open(string name, string? connection)
    {
        var service = OpenService(connection ?? DefaultConnection);
        var queue = Setting().Replace(name, match => configuration[match.Groups[1].Value]
            ?? throw new InvalidOperationException($"The queue name '{name}' needs the setting '{match.Groups[1].Value}'.")).ToLowerInvariant();
        return (service.GetQueueClient(queue), service.GetQueueClient(queue + "-poison"));
    }

    private QueueServiceClient OpenService(string connection)
    {
        var section = configuration.GetSection(connection);
        // Bodies are read as they are: what is not Base64 must reach the poison queue, and the client would drop it.
        var options = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None };
        if ((section.Value ?? configuration.GetConnectionString(connection)) is { Length: > 0 } connectionString)
        {
            try
            {
                return new QueueServiceClient(connectionString, options);
            }
            catch (FormatException unreadable)
            {
                throw new InvalidOperationException($"{connection} is not a storage connection string ({unreadable.GetType().Name}).");
            }
        }
        var account = section["accountName"];
        var address = section["queueServiceUri"] ?? (account is null ? null : $"https://{account}.queue.core.windows.net");
        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? new QueueServiceClient(uri, Credential(section), options)
            : throw new InvalidOperationException(
                $"{connection} is not set. Give it a storage connection string (UseDevelopmentStorage=true for Azurite), or set {connection}__queueServiceUri and sign in with an identity.");
    }

    private static TokenCredential Credential(IConfigurationSection section) =>
        string.Equals(section["credential"], "managedidentity", StringComparison.OrdinalIgnoreCase)
            ? new ManagedIdentityCredential(section["clientId"] is { Length: > 0 } clientId
                ? ManagedIdentityId.FromUserAssignedClientId(clientId)
                : ManagedIdentityId.SystemAssigned)
            : new DefaultAzureCredential();

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Setting();
}
