using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Hybrid.Contracts.Models;
using Hybrid.Stack.Publishing;

namespace Hybrid.Stack.Commands.Models;

/// <summary>The arguments that several model verbs take.</summary>
internal static class ModelArguments
{
    public static Argument<string> Name() => Checked(new Argument<string>("name") { Description = "The model." });

    public static Argument<string?> OptionalName() => Checked(new Argument<string?>("name")
    {
        Description = "The model (default: all).",
        Arity = ArgumentArity.ZeroOrOne,
    });

    public static Option<int?> Version(string description)
    {
        var option = new Option<int?>("--version") { Description = description, HelpName = "NUMBER" };
        option.Validators.Add(result => InRange(result, 1, int.MaxValue, "--version takes a whole number from 1."));
        return option;
    }

    /// <summary>Adds <paramref name="error"/> when the option's value is a number outside the range.</summary>
    public static void InRange(OptionResult result, int min, int max, string error)
    {
        if (result.Tokens is [var token, ..] && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < min || value > max))
        {
            result.AddError(error);
        }
    }

    /// <summary>Refuses what is no name for a model.</summary>
    public static void IsName(SymbolResult result)
    {
        if (result.Tokens is [var token, ..] && !ModelNames.IsValid(token.Value))
        {
            result.AddError(ModelVersion.NoName(token.Value));
        }
    }

    private static Argument<T> Checked<T>(Argument<T> argument)
    {
        argument.Validators.Add(IsName);
        return argument;
    }
}
