using Hybrid.LocalHost.Triggers.Queues;

namespace Hybrid.LocalHost.Hosting;

/// <summary>Whether every trigger is served: HTTP answers first, queues follow when their storage account answers.</summary>
internal sealed class Readiness(QueueListenerService queues, IHostApplicationLifetime lifetime)
{
    /// <summary>The states that a Functions host has at <c>/admin/host/status</c>.</summary>
    public string State => lifetime.ApplicationStopping.IsCancellationRequested
        ? "Stopping"
        : lifetime.ApplicationStarted.IsCancellationRequested && queues.IsReady ? "Running" : "Initializing";
}
