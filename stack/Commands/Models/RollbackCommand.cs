using System.CommandLine;
using Hybrid.Stack.Publishing;
using Hybrid.Stack.Publishing.Labels;

namespace Hybrid.Stack.Commands.Models;

/// <summary>Goes back to the version before.</summary>
internal static class RollbackCommand
{
    private static readonly Argument<string> Name = ModelArguments.Name();

    private static readonly Option<int?> Version = ModelArguments.Version("Make this version stable (default: the one before the last promotion).");

    public static Command Create() => RepositoryOptions.On(
        new Command("rollback", "Take the canary out of the traffic; where there is none, take the last promotion back.") { Name, Version }, RunAsync);

    private static async Task RunAsync(ParseResult parsed, IModelRepository repository, CancellationToken cancellationToken)
    {
        var name = parsed.GetRequiredValue(Name);
        Console.WriteLine(LabelText.Of(name, await new ModelLabelling(repository).RollbackAsync(name, parsed.GetValue(Version), cancellationToken)));
    }
}
