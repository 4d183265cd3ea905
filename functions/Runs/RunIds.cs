using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Hybrid.Functions.Runs;

/// <summary>
/// Instance ids of runs: <c>&lt;tenant&gt;.&lt;24 hex digits&gt;&lt;8 check digits&gt;</c>. The owner stands in the id itself, so that
/// nobody's run is looked up before it is known to be the caller's; the digits are random, or the hash of a key that makes a repeat the
/// same run. The check digits tell, in every process and without any store, that an id was never given out.
/// </summary>
internal static partial class RunIds
{
    public static string New(string tenant) => Checked(tenant, RandomNumberGenerator.GetBytes(IdBytes));

    /// <summary>The same for the same tenant, purpose and key, and for nothing else.</summary>
    public static string Of(string tenant, string purpose, string key) =>
        Checked(tenant, SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose}\n{key}")).AsSpan(0, IdBytes));

    /// <summary>Whether the id is one that this tenant may have been given.</summary>
    public static bool IsOwnedBy(string id, string tenant) =>
        id.Length == tenant.Length + 33
        && id.StartsWith(tenant + ".", StringComparison.Ordinal)
        && Digits().IsMatch(id[(tenant.Length + 1)..])
        && id == Checked(tenant, Convert.FromHexString(id.AsSpan(tenant.Length + 1, IdBytes * 2)));

    private const int IdBytes = 12;

    private const int CheckBytes = 4;

    private static string Checked(string tenant, ReadOnlySpan<byte> id)
    {
        var start = $"{tenant}.{Convert.ToHexStringLower(id)}";
        return start + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(start)).AsSpan(0, CheckBytes));
    }

    [GeneratedRegex(@"^[0-9a-f]{32}\z")]
    private static partial Regex Digits();
}
