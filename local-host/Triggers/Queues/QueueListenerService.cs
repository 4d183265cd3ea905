using Hybrid.LocalHost.Invocation;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Hybrid.LocalHost.Triggers.Queues;

/// <summary>Runs the listeners as long as the host runs. It does not wait for the queues to be there: a storage account may come up later.</summary>
internal sealed class QueueListenerService(
    QueueTriggers triggers,
    QueueClients clients,
    IOptions<QueueHostOptions> options,
    FunctionInvoker invoker,
    TimeProvider time,
    ILogger<QueueListenerService> logger) : IHostedService, IDisposable
{
    /// <summary>For functions to notice that they are cancelled, and for their messages to be given back.</summary>
    private static readonly TimeSpan CutOffTime = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _cutOff = new();
    private List<QueueListener> _listeners = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Whether every queue was reached.</summary>
    public bool IsReady => _listeners.TrueForAll(listener => listener.IsReady);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listeners = [.. triggers.Functions.Select(Listen)];
        _running = Task.WhenAll(_listeners.Select(listener => Task.Run(() => listener.RunAsync(_stopping.Token, _cutOff.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>Fetches nothing more and waits for what runs; when the host's time is up, that is cancelled and its messages are given back.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        try
        {
            await _running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await _cutOff.CancelAsync();
            await Task.WhenAny(_running, Task.Delay(CutOffTime, time, CancellationToken.None));
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _cutOff.Dispose();
    }

    private QueueListener Listen(LocalFunction function)
    {
        var trigger = (QueueTriggerAttribute)function.Trigger;
        var (queue, poison) = clients.Open(trigger.QueueName, trigger.Connection);
        return new QueueListener(function, queue, poison, options.Value, invoker, time, logger);
    }
}
