using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Hybrid.Telemetry.Http;

/// <summary>Who may use a route that is not for everybody: whoever has its key, or, where it has none, callers on this machine itself.</summary>
/// <param name="key">As a caller sends it, <c>Authorization: Bearer</c> or <c>x-api-key</c>; empty: there is none.</param>
public sealed class CallerAccess(string key)
{
    private const string Bearer = "Bearer ";

    private readonly byte[]? _key = key.Length == 0 ? null : Hash(key);

    public bool HasKey => _key is not null;

    public bool Allows(HttpContext http) => _key is null
        ? IsFromThisMachine(http)
        : Given(http.Request.Headers) is { } given && CryptographicOperations.FixedTimeEquals(Hash(given), _key);

    // A proxy on this machine speaks for others, and says so.
    private static bool IsFromThisMachine(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
        && !http.Request.Headers.ContainsKey("Forwarded")
        && !http.Request.Headers.ContainsKey("X-Forwarded-For")
        && !http.Request.Headers.ContainsKey("Via");

    private static string? Given(IHeaderDictionary headers) =>
        headers.Authorization is [{ } authorization] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : headers["x-api-key"] is [{ } sent] ? sent : null;

    // Hashes are of equal length: how long a comparison takes tells nothing of the key.
    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
