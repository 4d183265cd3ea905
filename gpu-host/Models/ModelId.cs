using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Hybrid.Contracts.Models;

namespace Hybrid.GpuHost.Models;

/// <summary>One version of a model. Only <see cref="TryParse"/> makes one from outside text, so that a name can safely become a folder.</summary>
/// <param name="Name">One that <see cref="ModelNames"/> lets pass.</param>
/// <param name="Version">A whole number from 1, as in Triton's repository layout.</param>
public sealed record ModelId(string Name, int Version)
{
    public static bool IsValidName([NotNullWhen(true)] string? name) => ModelNames.IsValid(name);

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
