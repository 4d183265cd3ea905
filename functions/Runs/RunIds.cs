using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Hybrid.Functions.Runs;

/// <summary>
/// Instance ids of runs: <c>&lt;tenant&gt;.&lt;32 hex digits&gt;</c>. The owner stands in the id itself, so that nobody's run is
/// looked up before it is known to be the caller's; the digits are random, or the hash of a key that makes a repeat the same run.
/// </summary>
internal static partial class RunIds
{
    public static string New(string tenant) => $"{tenant}.{Guid.NewGuid():N}";

    /// <summary>The same for the same tenant, purpose and key, and for nothing else.</summary>
    public static string Of(string tenant, string purpose, string key) =>
        $"{tenant}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose}\n{key}")).AsSpan(0, 16))}";

    public static bool IsOwnedBy(string id, string tenant) =>
        id.Length == tenant.Length + 33 && id.StartsWith(tenant + ".", StringComparison.Ordinal) && Digits().IsMatch(id[(tenant.Length + 1)..]);

    [GeneratedRegex(@"^[0-9a-f]{32}\z")]
    private static partial Regex Digits();
}
