using System.Buffers.Text;
using System.Text;
using Azure.Core;
using Hybrid.Orchestrations.Caching.Redis;
using Hybrid.Testing;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace Hybrid.Orchestrations.Tests.Caching;

/// <summary>Signing in with tokens at a real Redis, whose user and passwords are those that Entra would tell it.</summary>
public sealed class EntraLoginTests : IAsyncLifetime
{
    private const string User = "7c1f0a52-0000-4000-8000-00000000cafe";
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private static readonly string First = Token("""{"oid":"7c1f0a52-0000-4000-8000-00000000cafe","n":1}""");
    private static readonly string Second = Token("""{"oid":"7c1f0a52-0000-4000-8000-00000000cafe","n":2}""");

    private readonly FakeTimeProvider _time = new();
    private RedisServer _redis = null!;
    private ConnectionMultiplexer _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync(Cancellation);
        _admin = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString + ",allowAdmin=true");
        await _admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", User, "on", ">" + First, ">" + Second, "~*", "+@all");
    }

    public async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Connection_IsTheIdentitys_AndIsToldTheNextTokenOnce()
    {
        var credential = new Tokens(_time, First, Second);
        var login = new EntraLogin(credential, _time);
        await login.RenewAsync(Cancellation);
        await using var connection = await ConnectAsync(login);
        await login.SignInAsync(connection);
        Assert.Equal(User, (string?)await connection.GetDatabase().ExecuteAsync("ACL", "WHOAMI"));

        await login.RenewAsync(Cancellation);
        Assert.Equal(1, credential.Asked);
        _time.Advance(TimeSpan.FromMinutes(45));
        await login.RenewAsync(Cancellation);
        Assert.Equal((2, Second), (credential.Asked, login.Password));

        var before = await SignInsAsync();
        await login.SignInAsync(connection);
        await login.SignInAsync(connection);
        Assert.Equal(1, await SignInsAsync() - before);
    }

    [Fact]
    public async Task Connection_ThatBreaksAfterItsFirstToken_ComesBackWithTheNext()
    {
        var login = new EntraLogin(new Tokens(_time, First, Second), _time);
        await login.RenewAsync(Cancellation);
        await using var connection = await ConnectAsync(login);
        _time.Advance(TimeSpan.FromMinutes(45));
        await login.RenewAsync(Cancellation);

        // The first token has ended.
        await _admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", User, "<" + First);
        await _admin.GetDatabase().ExecuteAsync("CLIENT", "KILL", "USER", User);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (await Record.ExceptionAsync(() => connection.GetDatabase().PingAsync()) is not null)
        {
            await Task.Delay(50, limit.Token);
        }

        Assert.Equal(User, (string?)await connection.GetDatabase().ExecuteAsync("ACL", "WHOAMI"));
    }

    [Theory]
    [InlineData("""{"sub":"nobody"}""")]
    [InlineData("no json")]
    public async Task Token_WithoutAnObjectId_IsRefusedAndNotQuoted(string claims)
    {
        var login = new EntraLogin(new Tokens(_time, Token(claims)), _time);

        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => login.RenewAsync(Cancellation));

        Assert.DoesNotContain(Token(claims), refusal.ToString(), StringComparison.Ordinal);
        Assert.Null(login.Password);
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(EntraLogin login) =>
        await ConnectionMultiplexer.ConnectAsync(RedisConfiguration.Of(new RedisOptions { ConnectionString = _redis.ConnectionString }, login));

    // The server's own count of the calls of AUTH.
    private async Task<int> SignInsAsync()
    {
        var info = (string)(await _admin.GetDatabase().ExecuteAsync("INFO", "commandstats"))!;
        var line = info.Split('\n').SingleOrDefault(line => line.StartsWith("cmdstat_auth:", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line["cmdstat_auth:calls=".Length..line.IndexOf(',', StringComparison.Ordinal)], null);
    }

    private static string Token(string claims) => $"header.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.signature";

    /// <summary>Tokens that live for an hour, one after another.</summary>
    private sealed class Tokens(TimeProvider time, params string[] tokens) : TokenCredential
    {
        public int Asked { get; private set; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.Equal(["https://redis.azure.com/.default"], requestContext.Scopes);
            return ValueTask.FromResult(new AccessToken(tokens[Asked++], time.GetUtcNow() + TimeSpan.FromHours(1)));
        }
    }
}
