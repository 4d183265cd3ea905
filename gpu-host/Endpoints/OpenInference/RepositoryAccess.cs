using System.Net;
using System.Security.Cryptography;
using System.Text;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Models.Lifecycle;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>Whether a caller may change what is served: with the configured key, or, where none is configured, from this machine itself.</summary>
public sealed class RepositoryAccess(IOptions<LifecycleOptions> options)
{
    private const string Bearer = "Bearer ";

    private readonly byte[]? _key = options.Value.RepositoryKey.Length == 0 ? null : Hash(options.Value.RepositoryKey);

    /// <exception cref="HybridException"><see cref="ErrorCode.Unauthenticated"/>.</exception>
    public void Check(HttpContext http)
    {
        if (_key is null ? IsFromThisMachine(http) : CryptographicOperations.FixedTimeEquals(Hash(Given(http.Request.Headers)), _key))
        {
            return;
        }

        throw new HybridException(ErrorCode.Unauthenticated, _key is null
            ? "What is served may be changed from this machine only; with Models:RepositoryKey set, by whoever has that key."
            : "To change what is served takes its key (Models:RepositoryKey) as 'Authorization: Bearer <key>' or 'x-api-key'.");
    }

    // A proxy on this machine speaks for others, and says so.
    private static bool IsFromThisMachine(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
        && !http.Request.Headers.ContainsKey("Forwarded")
        && !http.Request.Headers.ContainsKey("X-Forwarded-For")
        && !http.Request.Headers.ContainsKey("Via");

    private static string Given(IHeaderDictionary headers) =>
        headers.Authorization is [{ } authorization] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : headers["x-api-key"].ToString();

    // Hashes are of equal length: how long a comparison takes tells nothing of the key.
    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
