using System.Globalization;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;

namespace Hybrid.Stack.Publishing;

/// <summary>One version of a model, by a name and number that are safe as a folder and as a blob's prefix.</summary>
public sealed record ModelVersion
{
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: no name for a model, or no version.</exception>
    public ModelVersion(string model, int version)
    {
        Model = Checked(model);
        Version = version > 0 ? version : throw new HybridException(ErrorCode.InvalidRequest, $"{version} is no version: a whole number from 1.");
    }

    public string Model { get; }

    public int Version { get; }

    /// <summary>The name itself, if it is one.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>.</exception>
    public static string Checked(string model) =>
        ModelNames.IsValid(model) ? model : throw new HybridException(ErrorCode.InvalidRequest, NoName(model));

    /// <summary>What to say to somebody who named a model so.</summary>
    public static string NoName(string model) =>
        $"'{model}' is no name for a model: letters, digits, '.', '_' and '-', not beginning with '.', at most {ModelNames.MaxLength}.";

    /// <summary>Null for what is no version's folder.</summary>
    public static ModelVersion? TryParse(string model, string version) =>
        ModelNames.IsValid(model)
        && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number > 0
        && version[0] != '0'
            ? new ModelVersion(model, number)
            : null;

    /// <summary><c>model/version</c>: its place in a repository.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Model}/{Version}");
}
