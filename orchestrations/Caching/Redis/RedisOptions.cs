using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Caching.Redis;

/// <summary>Where the shared cache is; section <c>Caching:Redis</c>. Neither a connection string nor an endpoint: there is none, and every process has its own memory.</summary>
public sealed class RedisOptions
{
    /// <value>As StackExchange.Redis reads it, <c>host:port,password=…,ssl=true</c>. Without TLS on loopback only.</value>
    public string? ConnectionString { get; set; }

    /// <value><c>host:port</c> of an Azure Managed Redis that takes Entra tokens; always with TLS.</value>
    public string? Endpoint { get; set; }

    /// <value>Client id of the user-assigned identity that signs in at <see cref="Endpoint"/>; none: the default Azure credential.</value>
    public string? ClientId { get; set; }

    /// <value>
    /// Most time for one exchange; 10 ms to 10 s, default 250 ms: a hundred times what it takes in one region. One that takes longer
    /// puts Redis aside until it answers a ping again.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <value>How often Redis is pinged, and so how soon it is used again after a failure; 50 ms to 1 min, default 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(1);

    internal bool IsConfigured => !string.IsNullOrWhiteSpace(ConnectionString) || !string.IsNullOrWhiteSpace(Endpoint);
}

/// <summary>What the ranges cannot say. No message quotes the connection string: it may hold a password.</summary>
internal sealed class RedisAddressValidator : IValidateOptions<CachingOptions>
{
    public ValidateOptionsResult Validate(string? name, CachingOptions options)
    {
        var redis = options.Redis;
        if (!redis.IsConfigured)
        {
            return ValidateOptionsResult.Success;
        }

        if (!string.IsNullOrWhiteSpace(redis.ConnectionString) && !string.IsNullOrWhiteSpace(redis.Endpoint))
        {
            return ValidateOptionsResult.Fail("Caching:Redis:ConnectionString and Caching:Redis:Endpoint are both set; give one of them.");
        }

        try
        {
            var configuration = RedisConfiguration.Of(redis);
            return configuration.EndPoints.Count == 0 ? ValidateOptionsResult.Fail("Caching:Redis names no host.")
                : configuration.Ssl || configuration.EndPoints.All(RedisConfiguration.IsLoopback) ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("Caching:Redis:ConnectionString leads off this machine without TLS; add ssl=true.");
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return ValidateOptionsResult.Fail($"Caching:Redis cannot be read as a Redis address ({exception.GetType().Name}).");
        }
    }
}
