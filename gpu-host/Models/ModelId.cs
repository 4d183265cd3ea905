using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Hybrid.GpuHost.Models;

/// <summary>One version of a model. Only <see cref="TryParse"/> makes one from outside text, so that a name can safely become a folder.</summary>
/// <param name="Name">Letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, not beginning with a dot, at most 128.</param>
/// <param name="Version">A whole number from 1, as in Triton's repository layout.</param>
public sealed record ModelId(string Name, int Version)
{
    private const int MaxNameLength = 128;

    public static bool IsValidName([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= MaxNameLength }
        && name[0] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    public static bool TryParse(string name, string version, [NotNullWhen(true)] out ModelId? id)
    {
        id = IsValidName(name)
            && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0
            && version[0] != '0'
                ? new ModelId(name, number)
                : null;
        return id is not null;
    }

    /// <summary><c>name/version</c>: how a version is named in logs, metrics and storage.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}/{Version}");
}
