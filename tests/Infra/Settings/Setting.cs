using System.Text.RegularExpressions;
using Hybrid.Infra.Tests.Bicep;

namespace Hybrid.Infra.Tests.Settings;

/// <summary>An app setting or environment variable that Bicep sets.</summary>
/// <param name="Name">As it is set; an index that a loop makes is 0.</param>
/// <param name="Value">The expression of its value.</param>
internal sealed partial record Setting(string Name, SyntaxNode Value)
{
    /// <summary>As .NET's configuration has it.</summary>
    public string Key => Name.Replace("__", ":", StringComparison.Ordinal);

    /// <summary>The settings that the one property of this name holds.</summary>
    public static IReadOnlyList<Setting> Of(BicepFile file, string property) =>
    [
        .. file.Objects(file.Root.Find(property).Single())
            .Select(setting => new Setting(Interpolation().Replace(setting.Properties["name"].Unquoted, "0"), setting.Properties["value"])),
    ];

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Interpolation();
}
