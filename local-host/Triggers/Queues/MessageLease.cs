using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Hybrid.LocalHost.Triggers.Queues;

/// <summary>Keeps a message hidden from others while its function runs. The receipt changes with each renewal; the last one ends the lease.</summary>
internal sealed class MessageLease(QueueClient queue, QueueMessage message, TimeSpan length, TimeProvider time)
{
    private string _receipt = message.PopReceipt;

    /// <summary>Renews until cancelled.</summary>
    /// <returns>False when the lease was lost: somebody else may have the message by now.</returns>
    public async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(length / 2, time, cancellationToken);
                await HideAsync(length, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return true;
        }
        catch (RequestFailedException)
        {
            return false;
        }
    }

    /// <summary>Gives the message back, to be seen again after <paramref name="delay"/>.</summary>
    public Task ReturnAsync(TimeSpan delay, CancellationToken cancellationToken) => HideAsync(delay, cancellationToken);

    public Task DeleteAsync(CancellationToken cancellationToken) => queue.DeleteMessageAsync(message.MessageId, _receipt, cancellationToken);

    private async Task HideAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        // Without a text the service keeps the message's own.
        UpdateReceipt receipt = await queue.UpdateMessageAsync(message.MessageId, _receipt, (string?)null, duration, cancellationToken);
        _receipt = receipt.PopReceipt;
    }
}
