using System.Buffers.Text;
using System.Text.Json;
using Azure.Core;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Hybrid.Orchestrations.Caching.Redis;

/// <summary>
/// Signs in at Azure's Redis with Entra tokens: the user is the identity's object id, the password a token. A connection outlives
/// its token, so that each new one is told to the server before the old one ends; a new connection asks here by itself.
/// </summary>
internal sealed class EntraLogin(TokenCredential credential, TimeProvider time) : DefaultOptionsProvider
{
    private volatile Token? _token;
    private Token? _told;

    public override string? User => _token?.ObjectId;

    public override string? Password => _token?.Text;

    /// <summary>Gets a token when there is none or the one that is there ends soon.</summary>
    /// <exception cref="InvalidDataException">The token does not say whose it is.</exception>
    public async Task RenewAsync(CancellationToken cancellation)
    {
        if (_token is null || _token.RenewAt <= time.GetUtcNow())
        {
            var fresh = await credential.GetTokenAsync(new TokenRequestContext([Scope]), cancellation);
            _token = new Token(fresh.Token, ObjectId(fresh.Token), RenewAt(fresh));
        }
    }

    /// <summary>Tells every connected server the token that is now valid, once.</summary>
    public async Task SignInAsync(IConnectionMultiplexer connection)
    {
        var token = _token!;
        if (token != _told)
        {
            await Task.WhenAll(connection.GetServers()
                .Where(server => server.IsConnected)
                .Select(server => server.ExecuteAsync("AUTH", token.ObjectId, token.Text)));
            _told = token;
        }
    }

    // What Azure Managed Redis and Azure Cache for Redis accept tokens for.
    private const string Scope = "https://redis.azure.com/.default";

    // Entra's tokens live for an hour or more; a quarter of the rest is enough for many tries.
    private DateTimeOffset RenewAt(AccessToken token)
    {
        var now = time.GetUtcNow();
        var latest = now + ((token.ExpiresOn - now) * 0.75);
        return token.RefreshOn is { } asked && asked < latest ? asked : latest;
    }

    private static string ObjectId(string token)
    {
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));
            return claims.RootElement.GetProperty("oid").GetString()!;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or IndexOutOfRangeException or KeyNotFoundException)
        {
            // Not the exception's own message: it may quote the token.
            throw new InvalidDataException($"The Entra token for Redis has no object id ({exception.GetType().Name}).");
        }
    }

    private sealed record Token(string Text, string ObjectId, DateTimeOffset RenewAt);
}
