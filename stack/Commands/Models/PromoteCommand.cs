using System.CommandLine;
using Hybrid.Stack.Publishing;
using Hybrid.Stack.Publishing.Labels;

namespace Hybrid.Stack.Commands.Models;

/// <summary>Gives a version more of the traffic.</summary>
internal static class PromoteCommand
{
    private static readonly Argument<string> Name = ModelArguments.Name();

    private static readonly Option<int?> Version = ModelArguments.Version("The version (default: the canary).");

    private static readonly Option<int> Percent = new("--percent")
    {
        Description = "Share of the traffic, 0 to 100; less than 100 makes it the canary beside the stable version.",
        DefaultValueFactory = _ => LabelChanges.AllTraffic,
    };

    static PromoteCommand() => Percent.Validators.Add(result => ModelArguments.InRange(result, 0, LabelChanges.AllTraffic, "--percent takes 0 to 100."));

    public static Command Create() => RepositoryOptions.On(
        new Command("promote", "Make a version stable, which then answers everybody who asks for no version; or give a canary its share.")
        {
            Name, Version, Percent,
        },
        RunAsync);

    private static async Task RunAsync(ParseResult parsed, IModelRepository repository, CancellationToken cancellationToken)
    {
        var name = parsed.GetRequiredValue(Name);
        var change = await new ModelLabelling(repository).PromoteAsync(name, parsed.GetValue(Version), parsed.GetValue(Percent), cancellationToken);
        Console.WriteLine(LabelText.Of(name, change));
    }
}
