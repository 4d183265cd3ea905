using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Hybrid.Contracts.Errors;

namespace Hybrid.Orchestrations.Caching.Tasks;

/// <summary>A host names the text at fault by its place in what it was sent, which is not its place in what the client sent.</summary>
internal static partial class ItemErrors
{
    /// <param name="error">What the host said, such as <c>input[1] has no token</c>.</param>
    /// <param name="places">Where the texts that it was sent stand in the client's request.</param>
    /// <param name="relocated">The same of the client's request.</param>
    public static bool TryRelocate(Error error, IReadOnlyList<int> places, [NotNullWhen(true)] out Error? relocated)
    {
        relocated = null;
        if (error.Param is not { } param || Item().Match(param) is not { Success: true } match)
        {
            return false;
        }

        var place = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        if (place >= places.Count || places[place] == place)
        {
            return false;
        }

        var name = $"{match.Groups[1].Value}[{places[place].ToString(CultureInfo.InvariantCulture)}]";
        relocated = error with { Param = name, Message = error.Message.Replace(param, name, StringComparison.Ordinal) };
        return true;
    }

    [GeneratedRegex(@"^([a-z]+)\[([0-9]{1,6})\]\z")]
    private static partial Regex Item();
}
