using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Hybrid.Orchestrations.Caching.Redis;

/// <summary>Connects to Redis beside the requests, pings it, and keeps its sign-in valid. No request ever waits for a connection.</summary>
internal sealed class RedisMonitor(RedisLink link, IOptions<CachingOptions> options, TimeProvider time) : BackgroundService
{
    private readonly RedisOptions _options = options.Value.Redis;
    private IConnectionMultiplexer? _multiplexer;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled || !_options.IsConfigured)
        {
            return Task.CompletedTask;
        }

        var login = CreateLogin();
        return Periodically.RunAsync(_options.PingInterval, time, token => CheckAsync(login, token), stoppingToken);
    }

    private async Task CheckAsync(EntraLogin? login, CancellationToken cancellation)
    {
        try
        {
            if (login is not null)
            {
                await login.RenewAsync(cancellation);
            }

            if (_multiplexer is null)
            {
                _multiplexer = await ConnectionMultiplexer.ConnectAsync(RedisConfiguration.Of(_options, login));
                link.Connect(_multiplexer);
            }

            if (login is not null)
            {
                await login.SignInAsync(_multiplexer).WaitAsync(_options.Timeout, time, cancellation);
            }

            await link.PingAsync(cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // No token, no address, no right to sign in: the next tick tries again, and nobody waits for it.
            link.Lose(exception);
        }
    }

    private EntraLogin? CreateLogin()
    {
        if (string.IsNullOrWhiteSpace(_options.Endpoint))
        {
            return null;
        }

        TokenCredential credential = string.IsNullOrWhiteSpace(_options.ClientId)
            ? new DefaultAzureCredential()
            : new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(_options.ClientId));
        return new EntraLogin(credential, time);
    }
}
