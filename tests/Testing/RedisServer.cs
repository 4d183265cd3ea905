using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Hybrid.Testing;

/// <summary>A real Redis on a free loopback port, with its data in memory only. It can be killed, frozen and started again on its port.</summary>
public sealed partial class RedisServer : IAsyncDisposable
{
    private const int SigStop = 19;
    private const int SigCont = 18;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly int _port = FreePort.Pick();
    private Process? _process;

    private RedisServer()
    {
    }

    public string ConnectionString => $"127.0.0.1:{_port}";

    public static async Task<RedisServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new RedisServer();
        try
        {
            await server.StartAgainAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, empty, on the port that it had.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath() };
        string[] arguments = ["--bind", "127.0.0.1", "--port", $"{_port}", "--save", "", "--appendonly", "no"];
        Array.ForEach(arguments, start.ArgumentList.Add);
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException("These tests need redis-server on PATH: apt-get install redis-server, or ./hybrid test, which does it.", exception);
        }

        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartTimeout);
        while (!await AnswersAsync(limit.Token))
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"redis-server ended with exit code {_process.ExitCode}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }

    /// <summary>SIGKILL: connections break, nothing listens.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>SIGSTOP: connections stay, nothing answers.</summary>
    public void Pause() => Signal(SigStop);

    public void Resume() => Signal(SigCont);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _port, cancellationToken);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), cancellationToken);
            var answer = new byte[5];
            await client.GetStream().ReadExactlyAsync(answer, cancellationToken);
            return Encoding.ASCII.GetString(answer) == "+PONG";
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    private void Signal(int signal)
    {
        if (SendSignal(_process!.Id, signal) != 0)
        {
            throw new InvalidOperationException($"redis-server could not be signalled: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
