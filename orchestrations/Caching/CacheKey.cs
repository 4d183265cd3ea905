using System.Globalization;
using System.Security.Cryptography;

namespace Hybrid.Orchestrations.Caching;

/// <summary>
/// What an answer is kept under: format, kind, tenant, model, the version that answered, and the SHA-256 of the request's wire form.
/// Names stand after their length, so that no two different sets of fields make the same key.
/// </summary>
/// <param name="Text">The whole key.</param>
/// <param name="Kind">What kind of answer it is.</param>
/// <param name="Tenant">Whose it is; others never ask for it.</param>
/// <param name="Model">Who made it; a run's status has none.</param>
internal readonly record struct CacheKey(string Text, CacheKind Kind, string Tenant, string Model)
{
    /// <param name="kind">What kind of answer it is.</param>
    /// <param name="tenant">On whose behalf.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version that answers; 0 where none does.</param>
    /// <param name="request">The request in a form that tells every two requests apart.</param>
    public static CacheKey Of(CacheKind kind, string tenant, string model, int version, ReadOnlySpan<byte> request) =>
        Of(kind, tenant, model, version, Convert.ToHexStringLower(SHA256.HashData(request)));

    /// <param name="kind">What kind of answer it is.</param>
    /// <param name="tenant">On whose behalf.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version that answers.</param>
    /// <param name="hash">The request's SHA-256 in hex.</param>
    public static CacheKey Of(CacheKind kind, string tenant, string model, int version, string hash) => new(
        string.Create(CultureInfo.InvariantCulture, $"{Format}:{kind.ToName()}:{tenant.Length}:{tenant}:{model.Length}:{model}:{version}:{hash}"),
        kind,
        tenant,
        model);

    /// <summary>What metrics tell of the key: never more series than there are kinds and served models.</summary>
    public string Prefix => Model.Length == 0 ? Kind.ToName() : $"{Kind.ToName()}:{Model}";

    // Goes up whenever an entry's bytes change their meaning.
    private const int Format = 1;
}
