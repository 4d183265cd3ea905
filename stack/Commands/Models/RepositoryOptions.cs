using System.CommandLine;
using Hybrid.Stack.Publishing;
using Hybrid.Stack.Storage;

namespace Hybrid.Stack.Commands.Models;

/// <summary>Where the model verbs work, and the arguments that they share.</summary>
internal static class RepositoryOptions
{
    // The Azure CLI's own name. An argument would show the key to whoever lists processes.
    private const string AccountVariable = "AZURE_STORAGE_CONNECTION_STRING";

    private static readonly Option<DirectoryInfo?> Directory = new("--directory")
    {
        Description = "Work in a folder (what hosts have as Weights:Directory).",
    };

    private static readonly Option<Uri?> Container = new("--container-uri")
    {
        Description = "Work in a blob container, https://ACCOUNT.blob.core.windows.net/models, as whoever is signed in (az login), or with the signature in the URI.",
    };

    private static readonly Option<DirectoryInfo?> Data = new("--data")
    {
        Description = $"Work in the stack that runs on this data folder (default: .hybrid in the checkout; where {AccountVariable} is set, that account's "
            + $"container '{ModelRepositories.Container}').",
    };

    static RepositoryOptions() => Container.Validators.Add(result =>
    {
        if (result.Tokens is [var token, ..] && !Uri.IsWellFormedUriString(token.Value, UriKind.Absolute))
        {
            result.AddError("--container-uri takes an absolute URI.");
        }
    });

    /// <summary>Makes the command one that works on a repository.</summary>
    public static Command On(Command command, Func<ParseResult, IModelRepository, CancellationToken, Task> run)
    {
        Option[] places = [Directory, Container, Data];
        Array.ForEach(places, command.Options.Add);
        command.Validators.Add(result =>
        {
            if (places.Count(option => result.GetResult(option) is not null) > 1)
            {
                result.AddError("Name one of --directory, --container-uri and --data.");
            }
        });
        command.SetAction((parsed, cancellationToken) => CommandFailures.ToldAsync(() => run(parsed, Open(parsed), cancellationToken), cancellationToken));
        return command;
    }

    /// <exception cref="StackException">Nothing is named, and no stack runs.</exception>
    private static IModelRepository Open(ParseResult parsed)
    {
        if (parsed.GetValue(Directory) is { } folder)
        {
            return ModelRepositories.OfFolder(folder.FullName);
        }

        if (parsed.GetValue(Container) is { } uri)
        {
            return ModelRepositories.OfContainer(uri);
        }

        var named = parsed.GetValue(Data)?.FullName;
        if (named is null && Environment.GetEnvironmentVariable(AccountVariable) is { Length: > 0 } account)
        {
            return ModelRepositories.OfAccount(account);
        }

        var data = named ?? StackOptions.OfCheckout().Data;
        return ModelRepositories.OfAccount(ConnectionFile.Read(data) ?? throw new StackException(
            $"No stack runs on {data}. Start one (./hybrid up), or name where to work: --directory, --container-uri, or {AccountVariable} in the environment."));
    }
}
