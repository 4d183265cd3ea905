using Hybrid.GpuHost.Admission;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Hybrid.GpuHost.Hosting;

/// <summary>
/// The orderly end, before the server and the models go:
/// <list type="number">
/// <item>The host says that it is not ready, and goes on serving: callers need a moment to notice.</item>
/// <item>New work is refused; what is inside, waiting or running, finishes.</item>
/// <item>What does not finish in time is cut off, and told so: an error can be acted on, a broken connection has to be guessed about.</item>
/// </list>
/// </summary>
public sealed class Drain(AdmissionGate gate, IOptions<GpuHostOptions> options, TimeProvider time, ILogger<Drain> logger) : IHostedLifecycleService
{
    // To end a run takes some 10 ms, or one operator of a large model; a client that does not read its error is not waited for.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(3);

    private volatile bool _draining;

    public bool Draining => _draining;

    /// <summary>The whole end: this, and the server's own with nothing left to do.</summary>
    public static TimeSpan LongestOf(GpuHostOptions options) => options.DrainDelay + options.ShutdownTimeout + (2 * LastWords);

    // The host runs this before it stops the server.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // 1
        _draining = true;
        Log.Draining(logger, gate.Inside);
        await Task.Delay(options.Value.DrainDelay, time, cancellationToken);

        // 2
        var emptied = gate.CloseAsync();
        if (await EndsWithinAsync(emptied, options.Value.ShutdownTimeout, cancellationToken))
        {
            return;
        }

        // 3
        Log.CutOff(logger, gate.Inside);
        gate.CutOff();
        await EndsWithinAsync(emptied, LastWords, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(limit, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}

internal static class DrainExtensions
{
    /// <summary>While the host drains, every answer asks its client not to come again on this connection: the next request would meet its end.</summary>
    public static void UseDrain(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        app.Use((http, next) =>
        {
            if (drain.Draining)
            {
                http.Response.Headers[HeaderNames.Connection] = "close";
            }

            return next(http);
        });
    }
}
