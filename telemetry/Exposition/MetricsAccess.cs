using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Hybrid.Telemetry.Exposition;

/// <summary>Whether a caller may read the metrics: with the configured key, or, where none is configured, from this machine itself.</summary>
internal sealed class MetricsAccess(IOptions<MetricsOptions> options)
{
    private const string Bearer = "Bearer ";

    private readonly byte[]? _key = options.Value.Key.Length == 0 ? null : Hash(options.Value.Key);

    /// <summary>Null, or the status and the words of the refusal.</summary>
    public (int Status, string Why)? Refuse(HttpContext http)
    {
        if (_key is not null)
        {
            return Given(http.Request.Headers) is { } given && CryptographicOperations.FixedTimeEquals(Hash(given), _key)
                ? null
                : (StatusCodes.Status401Unauthorized, "The metrics need their key (Metrics:Key) as 'Authorization: Bearer <key>' or 'x-api-key'.");
        }

        return IsFromThisMachine(http)
            ? null
            : (StatusCodes.Status403Forbidden, "The metrics are for callers on this machine; with Metrics:Key set, for whoever has that key.");
    }

    // A proxy on this machine speaks for others, and says so.
    private static bool IsFromThisMachine(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
        && !http.Request.Headers.ContainsKey("Forwarded")
        && !http.Request.Headers.ContainsKey("X-Forwarded-For")
        && !http.Request.Headers.ContainsKey("Via");

    private static string? Given(IHeaderDictionary headers)
    {
        if (headers.Authorization is [{ } authorization] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        return headers["x-api-key"] is [{ } key] ? key : null;
    }

    // Hashes are of equal length: how long a comparison takes tells nothing of the key.
    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
