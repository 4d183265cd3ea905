using System.Security.Cryptography;

namespace Hybrid.Stack;

/// <summary>The key that the local stack makes for itself, so that the public routes are never open.</summary>
/// <param name="Key">The secret; 32 random bytes in hex after a prefix that secret scanners can know it by.</param>
/// <param name="Tenant">Whom it stands for.</param>
public sealed record ApiKey(string Key, string Tenant)
{
    private const string LocalTenant = "local";

    /// <summary>The key kept in a data folder, so that pasted calls go on working after a restart; made when there is none.</summary>
    public static ApiKey OfFolder(string folder)
    {
        var path = Path.Combine(folder, "api-key");
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } kept)
        {
            return new ApiKey(kept, LocalTenant);
        }

        var key = "hyb_" + RandomNumberGenerator.GetHexString(64, lowercase: true);
        SecretFile.Write(path, key);
        return new ApiKey(key, LocalTenant);
    }

    /// <summary>Never the key itself: records print their members.</summary>
    public override string ToString() => $"key of tenant {Tenant}";
}
