using System.Net;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Hybrid.Orchestrations.Caching.Redis;

/// <summary>How the client is told to behave, whatever the connection string says: a cache must never make anybody wait for it.</summary>
internal static class RedisConfiguration
{
    /// <param name="options">Where Redis is.</param>
    /// <param name="login">Who signs in with Entra tokens; null: the connection string has all that is needed.</param>
    /// <exception cref="ArgumentException">The address cannot be read.</exception>
    public static ConfigurationOptions Of(RedisOptions options, DefaultOptionsProvider? login = null)
    {
        var configuration = ConfigurationOptions.Parse(string.IsNullOrWhiteSpace(options.ConnectionString) ? options.Endpoint! : options.ConnectionString);
        if (!string.IsNullOrWhiteSpace(options.Endpoint))
        {
            configuration.Ssl = true;
        }

        if (login is not null)
        {
            configuration.Defaults = login;
        }

        configuration.AbortOnConnectFail = false;
        configuration.AllowAdmin = false;
        configuration.ConnectRetry = 0;
        configuration.ConnectTimeout = Math.Max(1000, (int)options.Timeout.TotalMilliseconds);
        configuration.AsyncTimeout = Math.Max(1, (int)options.Timeout.TotalMilliseconds);
        configuration.SyncTimeout = configuration.AsyncTimeout;
        configuration.ReconnectRetryPolicy = new LinearRetry((int)options.PingInterval.TotalMilliseconds);
        // What cannot be sent now is no use later: the request was answered without it.
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        // No subscriptions here, and a token can be renewed on the other connection only.
        configuration.CommandMap = CommandMap.Create(new HashSet<string> { "SUBSCRIBE", "PSUBSCRIBE" }, available: false);
        return configuration;
    }

    public static bool IsLoopback(EndPoint endpoint) => endpoint switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        DnsEndPoint dns => dns.Host is "localhost",
        _ => false,
    };
}
