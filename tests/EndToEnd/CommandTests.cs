using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Hybrid.EndToEnd.Tests.Stacks;
using Hybrid.Models;

namespace Hybrid.EndToEnd.Tests;

/// <summary>The verbs as a person runs them, in processes of their own.</summary>
public sealed partial class CommandTests
{
    private const int SigInt = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Demo_WithTakenPorts_PicksOthersAnswersAndLeavesNothingBehind()
    {
        using var folder = new TestFolder();
        using var api = Take(StackPorts().Api);
        using var blobs = Take(StackPorts().Blob);
        using var limit = new CancellationTokenSource(Patience);

        using var demo = Start(folder, "demo");
        var output = await demo.StandardOutput.ReadToEndAsync(limit.Token);
        await demo.WaitForExitAsync(limit.Token);

        Assert.Equal(0, demo.ExitCode);
        Assert.Contains("port 7071 is taken", output, StringComparison.Ordinal);
        Assert.Contains("port 10000 is taken", output, StringComparison.Ordinal);
        var answer = output.Split('\n').Single(line => line.StartsWith("  answer ", StringComparison.Ordinal))["  answer    ".Length..].Trim();
        Assert.Contains(Corpus.Passages, passage => passage.Text == answer);
        Assert.Matches(@"embed \d+ ms, retrieve \d+ ms, rerank \d+ ms, generate \d+ ms", output);
        Assert.Empty(ProcessesOf(folder));
    }

    [Fact]
    public async Task Up_ThenCtrlC_PrintsCallsAndLeavesNothingBehind()
    {
        using var folder = new TestFolder();
        using var limit = new CancellationTokenSource(Patience);

        using var up = Start(folder, "up");
        var output = new List<string>();
        while (await up.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            output.Add(line);
            if (line.StartsWith("Ctrl-C stops everything", StringComparison.Ordinal))
            {
                Assert.NotEmpty(ProcessesOf(folder));
                Assert.Equal(0, Kill(up.Id, SigInt));
            }
        }

        await up.WaitForExitAsync(limit.Token);

        Assert.Equal(0, up.ExitCode);
        Assert.Equal(3, output.Count(line => line.TrimStart().StartsWith("curl ", StringComparison.Ordinal)));
        Assert.Empty(ProcessesOf(folder));
    }

    [Fact]
    public async Task Up_OnAFolderInUse_SaysSoAndEnds()
    {
        using var folder = new TestFolder();
        using var held = new FileStream(Path.Combine(folder.Path, "stack.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        using var up = Start(folder, "up");
        var error = await up.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await up.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, up.ExitCode);
        Assert.Contains("running on", error, StringComparison.Ordinal);
    }

    private static StackPorts StackPorts() => new();

    private static Process Start(TestFolder folder, string verb)
    {
        var program = Path.Combine(StackOptions.OfCheckout().Programs, "Hybrid.Stack", "release", "Hybrid.Stack.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [program, verb, "--data", folder.Path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    /// <summary>Listens on a port so that it is taken; a port that something else holds is taken too.</summary>
    private static Socket Take(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
        }

        return socket;
    }

    /// <summary>Processes that name the folder in their arguments or environment, the test's own left out.</summary>
    private static List<string> ProcessesOf(TestFolder folder)
    {
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out var id) && id != Environment.ProcessId))
        {
            try
            {
                var text = File.ReadAllText(Path.Combine(process, "cmdline")) + File.ReadAllText(Path.Combine(process, "environ"));
                if (text.Contains(folder.Path, StringComparison.Ordinal))
                {
                    found.Add(text[..Math.Min(200, text.Length)].Replace('\0', ' '));
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked, or is not ours.
            }
        }

        return found;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
