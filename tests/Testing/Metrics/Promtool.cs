using System.Diagnostics;

namespace Hybrid.Testing.Metrics;

/// <summary>Prometheus' own judge.</summary>
public static class Promtool
{
    /// <summary>What <c>promtool check metrics</c> finds wrong with a text; nothing when it is clean.</summary>
    public static Task<string> CheckMetricsAsync(string text, CancellationToken cancellation) => RunAsync(["check", "metrics"], text, cancellation);

    /// <summary>What <c>promtool check rules</c> or <c>check config</c> finds wrong with a file; nothing when it is clean.</summary>
    public static Task<string> CheckFileAsync(string kind, string path, CancellationToken cancellation) => RunAsync(["check", kind, path], "", cancellation);

    private static async Task<string> RunAsync(string[] arguments, string input, CancellationToken cancellation)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);

        // It lints with exit code 3 and words on either stream.
        var said = await output + await errors;
        return process.ExitCode == 0 ? "" : $"exit code {process.ExitCode}: {said}";
    }

    private static Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("promtool", arguments)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException("These tests need promtool on the PATH: apt-get install prometheus (./hybrid test does that).", exception);
        }
    }
}
