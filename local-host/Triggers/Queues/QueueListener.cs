using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Hybrid.LocalHost.Invocation;

namespace Hybrid.LocalHost.Triggers.Queues;

/// <summary>
/// Polls one queue and runs its function for each message. A message is deleted after its function succeeded, and so may run more than once;
/// after <see cref="QueueHostOptions.MaxDequeueCount"/> failed attempts it goes to the poison queue.
/// </summary>
internal sealed class QueueListener(
    LocalFunction function, QueueClient queue, QueueClient poison, QueueHostOptions options, FunctionInvoker invoker, TimeProvider time, ILogger logger)
{
    private readonly PollingBackoff _backoff = new(options.MaxPollingInterval);
    private readonly HashSet<Task> _running = [];

    /// <summary>Whether the queue was reached at least once.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Polls until <paramref name="stopping"/>, then waits for what runs; <paramref name="cutOff"/> cancels that.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken cutOff)
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                _running.RemoveWhere(task => task.IsCompleted);
                if (_running.Count > options.MaxRunning - options.BatchSize)
                {
                    await Task.WhenAny(_running).WaitAsync(stopping);
                    continue;
                }
                var messages = await ReceiveAsync(stopping);
                foreach (var message in messages)
                    _running.Add(ProcessAsync(message, cutOff));
                if (messages.Length == 0)
                    await Task.Delay(_backoff.Next(), time, stopping);
                else
                    _backoff.Reset();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        await Task.WhenAll(_running);
    }

    private async Task<QueueMessage[]> ReceiveAsync(CancellationToken stopping)
    {
        try
        {
            QueueMessage[] messages = await queue.ReceiveMessagesAsync(options.BatchSize, options.Lease, stopping);
            IsReady = true;
            return messages;
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await TryCreateAsync(stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            // Whatever it is (a network timeout is an OperationCanceledException), the listener goes on.
            Log.QueueUnreachable(logger, queue.Name, failure.Message);
        }
        return [];
    }

    private async Task TryCreateAsync(CancellationToken stopping)
    {
        try
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: stopping);
            IsReady = true;
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            Log.QueueUnreachable(logger, queue.Name, failure.Message);
        }
    }

    // 1. refuse what cannot be read or was tried too often; 2. run the function under a lease; 3. delete, return or bury the message.
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a function throws, its message must be returned or buried.")]
    private async Task ProcessAsync(QueueMessage message, CancellationToken cutOff)
    {
        await Task.Yield();
        var lease = new MessageLease(queue, message, options.Lease, time);
        try
        {
            if (message.DequeueCount > options.MaxDequeueCount || Read(message) is not { } readable)
            {
                await BuryAsync(message, lease);
                return;
            }
            var failure = await RunAsync(readable, lease, cutOff);
            if (failure is null)
                await lease.DeleteAsync(CancellationToken.None);
            else if (cutOff.IsCancellationRequested)
                await lease.ReturnAsync(TimeSpan.Zero, CancellationToken.None);
            else if (message.DequeueCount >= options.MaxDequeueCount)
                await BuryAsync(message, lease);
            else
                await lease.ReturnAsync(options.VisibilityTimeout, CancellationToken.None);
        }
        catch (Exception failure)
        {
            // The message becomes visible again by itself when its lease ends.
            Log.QueueMessageNotSettled(logger, failure, message.MessageId, queue.Name);
        }
    }

    private async Task<Exception?> RunAsync(QueueMessage message, MessageLease lease, CancellationToken cutOff)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cutOff);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cutOff);
        var renewal = RenewAsync(lease, lost, ended.Token);
        try
        {
            await invoker.InvokeAsync(function, new Invocation.Invocation(message, lost.Token) { BindingData = QueueBindingData.Of(message) });
            return null;
        }
        catch (Exception failure)
        {
            Log.QueueFunctionFailed(logger, failure, function.Name, message.MessageId, message.DequeueCount);
            return failure;
        }
        finally
        {
            await ended.CancelAsync();
            await renewal;
        }
    }

    private async Task RenewAsync(MessageLease lease, CancellationTokenSource lost, CancellationToken ended)
    {
        if (await lease.RenewAsync(ended))
            return;
        Log.LeaseLost(logger, function.Name, queue.Name);
        await lost.CancelAsync();
    }

    private async Task BuryAsync(QueueMessage message, MessageLease lease)
    {
        await poison.CreateIfNotExistsAsync();
        await poison.SendMessageAsync(message.Body);
        await lease.DeleteAsync(CancellationToken.None);
        Log.QueueMessageBuried(logger, message.MessageId, queue.Name, poison.Name);
    }

    /// <returns>Null for a message that is not in the configured encoding.</returns>
    private QueueMessage? Read(QueueMessage message)
    {
        if (options.MessageEncoding == QueueEncoding.None)
            return message;
        var text = message.Body.ToString();
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? QueuesModelFactory.QueueMessage(
                message.MessageId, message.PopReceipt, BinaryData.FromBytes(bytes.AsMemory(0, length)), message.DequeueCount,
                message.NextVisibleOn, message.InsertedOn, message.ExpiresOn)
            : null;
    }
}
