using System.Globalization;
using Azure.Storage.Queues.Models;

namespace Hybrid.LocalHost.Triggers.Queues;

/// <summary>What a Functions host tells about a message beside its body, under the same names.</summary>
internal static class QueueBindingData
{
    public static Dictionary<string, object?> Of(QueueMessage message) => new()
    {
        ["QueueTrigger"] = message.Body.ToString(),
        ["Id"] = message.MessageId,
        ["PopReceipt"] = message.PopReceipt,
        ["DequeueCount"] = message.DequeueCount.ToString(CultureInfo.InvariantCulture),
        ["InsertionTime"] = message.InsertedOn?.ToString("O", CultureInfo.InvariantCulture),
        ["ExpirationTime"] = message.ExpiresOn?.ToString("O", CultureInfo.InvariantCulture),
        ["NextVisibleTime"] = message.NextVisibleOn?.ToString("O", CultureInfo.InvariantCulture),
    };
}
