using Hybrid.Contracts.Errors;

namespace Hybrid.Stack.Commands;

/// <summary>How every verb's failures are told: one line, and an exit code.</summary>
internal static class CommandFailures
{
    /// <returns>0; 1 when it failed; 130 when it was stopped, as a shell has it for Ctrl-C.</returns>
    public static async Task<int> ToldAsync(Func<Task> run, CancellationToken cancellationToken)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception exception) when (exception is StackException or HybridException)
        {
            await Console.Error.WriteLineAsync($"hybrid: {exception.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("hybrid: stopped.");
            return 130;
        }
    }
}
