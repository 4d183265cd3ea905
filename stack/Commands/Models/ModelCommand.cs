using System.CommandLine;

namespace Hybrid.Stack.Commands.Models;

/// <summary>What publishers do: versions of models and their labels, in the storage that GPU hosts read.</summary>
internal static class ModelCommand
{
    public static Command Create() => new(
        "model",
        "Publish versions of models, see what is published, and say which version serves. Works on the stack that runs on this machine "
        + "unless a folder, a container or a storage account is named.")
    {
        PushCommand.Create(),
        ListCommand.Create(),
        PromoteCommand.Create(),
        RollbackCommand.Create(),
    };
}
