using System.Net;
using System.Net.Sockets;
using Hybrid.Load.Connections;

namespace Hybrid.Load;

/// <summary>
/// Puts load on an HTTP server and measures what its callers would feel. One thread of its own serves all connections, so that it takes
/// little of a machine that it shares with the server.
/// </summary>
public sealed class LoadClient(LoadPlan plan)
{
    private readonly LoadRecorder _recorder = new();

    /// <summary>2xx answers so far, warm-up left out; from any thread.</summary>
    public long Answered => _recorder.Answered;

    /// <summary>Other answers and failures so far, warm-up left out; from any thread.</summary>
    public long Errors => _recorder.Errors;

    /// <summary>Runs a plan once.</summary>
    /// <inheritdoc cref="RunAsync(CancellationToken)"/>
    public static Task<LoadResult> RunAsync(LoadPlan plan, CancellationToken cancellationToken) => new LoadClient(plan).RunAsync(cancellationToken);

    /// <summary>Runs the plan once, and comes back when its last request was answered or given up. All connections are closed then.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, within some 50 ms.</exception>
    public async Task<LoadResult> RunAsync(CancellationToken cancellationToken)
    {
        var server = plan.Server.Scheme == Uri.UriSchemeHttp
            ? new IPEndPoint((await Dns.GetHostAddressesAsync(plan.Server.Host, AddressFamily.InterNetwork, cancellationToken))[0], plan.Server.Port)
            : throw new NotSupportedException($"{plan.Server} is not http: TLS would measure the client.");
        var end = new TaskCompletionSource<LoadResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(server, end, cancellationToken)) { Name = "load", IsBackground = true }.Start();
        return await end.Task;
    }

    private void Run(IPEndPoint server, TaskCompletionSource<LoadResult> end, CancellationToken cancellationToken)
    {
        try
        {
            _ = Libc.WakeOnTime();
            var began = Libc.ThreadCpuTime;
            using var loop = new LoadLoop(plan, server, _recorder);
            loop.Run(cancellationToken);
            end.SetResult(_recorder.ToResult(plan.Duration, Libc.ThreadCpuTime - began, loop.Sent));
        }
        catch (OperationCanceledException)
        {
            end.SetCanceled(cancellationToken);
        }
        catch (Exception exception)
        {
            end.SetException(exception);
        }
    }
}
