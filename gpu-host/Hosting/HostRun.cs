using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Hosting;

public static class HostRun
{
    private const int Misconfigured = 2;

    /// <summary>Builds the host and runs it until it is told to stop; told twice, it ends at once. A configuration that cannot work is named line by line instead of with a stack.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> ToEndAsync(Func<WebApplication> build)
    {
        try
        {
            using var impatience = new SecondSignal();
            await using var app = build();
            await app.RunAsync();
            return 0;
        }
        catch (Exception exception) when (Failures(exception) is { Count: > 0 } failures)
        {
            await Console.Error.WriteLineAsync("The configuration cannot work:");
            foreach (var failure in failures)
            {
                await Console.Error.WriteLineAsync("  " + failure);
            }

            await Console.Error.WriteLineAsync("Settings come from appsettings.json, environment variables (Weights__Directory=…) and arguments (--Weights:Directory …).");
            return Misconfigured;
        }
    }

    // Several bad options arrive together, one exception each.
    private static List<string> Failures(Exception exception) => exception switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        // A value that is no number where one is needed; the binder's message names both.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } unreadable => [unreadable.Message],
        AggregateException several => [.. several.InnerExceptions.SelectMany(Failures)],
        _ => [],
    };
}
