using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Hybrid.Functions.Authentication;

/// <summary>The known keys, as hashes.</summary>
internal sealed class ApiKeys(IOptions<AuthenticationOptions> options)
{
    private readonly (byte[] Hash, string Tenant)[] _keys =
        [.. options.Value.ApiKeys.Select(key => (Hash(key.Key), key.Tenant))];

    public bool IsEmpty => _keys.Length == 0;

    /// <summary>
    /// The tenant that a key stands for, or null. The time it takes tells nothing about the keys: hashes of equal length are
    /// compared in constant time, and all of them always.
    /// </summary>
    public string? FindTenant(string key)
    {
        var hash = Hash(key);
        string? tenant = null;
        foreach (var known in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, known.Hash))
            {
                tenant = known.Tenant;
            }
        }

        return tenant;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
