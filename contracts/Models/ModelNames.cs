using System.Diagnostics.CodeAnalysis;

namespace Hybrid.Contracts.Models;

/// <summary>Which texts may name a model. Names become folders and blob prefixes, so every program that takes one from outside asks here.</summary>
public static class ModelNames
{
    /// <summary>Characters.</summary>
    public const int MaxLength = 128;

    /// <summary>Letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, not beginning with a dot, at most <see cref="MaxLength"/>.</summary>
    public static bool IsValid([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= MaxLength }
        && name[0] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
