using System.CommandLine;

namespace Hybrid.Stack.Commands;

/// <summary>What the stack's verbs share: their options.</summary>
internal static class StackCommand
{
    private static readonly Option<DirectoryInfo?> Data = new("--data")
    {
        Description = "Folder for blobs, the durable database, models and logs (default: .hybrid in the checkout).",
    };

    private static readonly Option<int> GpuHosts = new("--gpu-hosts")
    {
        Description = "How many GPU hosts to start (1 to 8).",
        DefaultValueFactory = _ => 1,
    };

    public static Command Create(string name, string description, Func<StackOptions, Narrator, CancellationToken, Task> run)
    {
        var command = new Command(name, description) { Data, GpuHosts };
        GpuHosts.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 8)
            {
                result.AddError("--gpu-hosts takes 1 to 8.");
            }
        });
        command.SetAction((parsed, cancellationToken) =>
            CommandFailures.ToldAsync(() => run(OptionsOf(parsed), new Narrator(Console.Out), cancellationToken), cancellationToken));
        return command;
    }

    private static StackOptions OptionsOf(ParseResult parsed)
    {
        var options = StackOptions.OfCheckout() with { GpuHosts = parsed.GetValue(GpuHosts) };
        return parsed.GetValue(Data) is { } folder
            ? options with { Data = folder.FullName, Models = Path.Combine(folder.FullName, "models") }
            : options;
    }
}
