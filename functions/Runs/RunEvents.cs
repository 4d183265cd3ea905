using System.Text.RegularExpressions;
using Hybrid.Contracts.Errors;
using Microsoft.AspNetCore.Http;

namespace Hybrid.Functions.Runs;

/// <summary>What clients may say to a run.</summary>
internal static partial class RunEvents
{
    /// <exception cref="HybridException">The name is not acceptable.</exception>
    public static void CheckName(string name)
    {
        if (!Acceptable().IsMatch(name))
        {
            throw new HybridException(ErrorCode.Unprocessable, "An event's name has 1 to 64 letters, digits, '.', '_' and '-'.", "eventName");
        }
    }

    /// <summary>The reason in the query, cut to what history should keep of it; null when there is none.</summary>
    public static string? Reason(HttpRequest request) =>
        request.Query["reason"] is [{ Length: > 0 } reason] ? reason[..Math.Min(reason.Length, MaxReason)] : null;

    private const int MaxReason = 256;

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Acceptable();
}
