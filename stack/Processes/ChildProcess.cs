using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Hybrid.Stack.Processes;

/// <summary>A process that the stack started: its output goes to a log file, and it is asked to stop before it is made to.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigStop = 19;
    private const int SigCont = 18;

    /// <summary>How long a process may drain: longer than a GPU host allows itself (30 s).</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly Task _logging;

    private ChildProcess(string name, string logPath, Process process)
    {
        Name = name;
        LogPath = logPath;
        _process = process;
        _logging = Task.WhenAll(
            CopyAsync(process.StandardOutput, logPath), CopyAsync(process.StandardError, Path.ChangeExtension(logPath, ".err.log")));
    }

    public string Name { get; }

    public string LogPath { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a program in a session of its own, so that a Ctrl-C in the terminal reaches only the stack, which stops the parts in order.</summary>
    public static ChildProcess Start(
        string name, string logFolder, string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        Directory.CreateDirectory(logFolder);
        var start = new ProcessStartInfo(SetSid ?? program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = logFolder,
        };
        foreach (var argument in SetSid is null ? arguments : arguments.Prepend(program))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start) ?? throw new StackException($"{name} could not be started: {program}");
        process.StandardInput.Close();
        return new ChildProcess(name, Path.Combine(logFolder, name + ".log"), process);
    }

    /// <summary>Waits until <paramref name="isReady"/> says so.</summary>
    /// <exception cref="StackException">The process ended, or the time is over; with the end of its log.</exception>
    public async Task WaitAsync(Func<CancellationToken, Task<bool>> isReady, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            while (!await isReady(limit.Token))
            {
                if (_process.HasExited)
                {
                    throw new StackException($"{Name} ended with exit code {_process.ExitCode}.{await LogTailAsync()}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StackException($"{Name} was not ready after {timeout.TotalSeconds:0} s.{await LogTailAsync()}");
        }
    }

    /// <summary>Ends the process at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        Signal(SigKill);
        await _process.WaitForExitAsync();
    }

    /// <summary>Freezes the process: it holds its sockets and answers nothing.</summary>
    public void Pause() => Signal(SigStop);

    public void Resume() => Signal(SigCont);

    /// <summary>Asks the process to stop, waits, and kills it and its children when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal(SigCont);
            Signal(SigTerm);
            using var limit = new CancellationTokenSource(StopTimeout);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        await _logging;
        _process.Dispose();
    }

    private static readonly string? SetSid = new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(File.Exists);

    private void Signal(int signal)
    {
        if (!_process.HasExited && Kill(_process.Id, signal) != 0 && !_process.HasExited)
        {
            throw new StackException($"{Name} (process {_process.Id}) could not be signalled: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    private static async Task CopyAsync(StreamReader output, string path)
    {
        // Flushed line by line: the log is read while the process runs, and after it crashed.
        await using var log = new StreamWriter(path, append: true) { AutoFlush = true };
        while (await output.ReadLineAsync() is { } line)
        {
            await log.WriteLineAsync(line);
        }
    }

    private async Task<string> LogTailAsync()
    {
        string[] paths = [LogPath, Path.ChangeExtension(LogPath, ".err.log")];
        var lines = new List<string>();
        foreach (var path in paths.Where(File.Exists))
        {
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            lines.AddRange((await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(12));
        }

        return $" The end of {LogPath}:\n  {string.Join("\n  ", lines)}";
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
