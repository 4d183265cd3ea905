using Hybrid.Orchestrations.Budgets;
using Hybrid.Orchestrations.Dispatch;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hybrid.Orchestrations.Tests.Dispatch;

/// <summary>The project as <c>AddOrchestrations</c> composes it, over hosts of a test.</summary>
internal sealed class TestPool : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly List<IHostedService> _running = [];

    public TestPool(IEnumerable<Uri> hosts, TimeProvider? time = null, params (string Key, string Value)[] settings)
    {
        Time = time ?? TimeProvider.System;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            hosts.Select((host, i) => KeyValuePair.Create<string, string?>($"GpuPool:Hosts:{i}", host.ToString()))
                .Concat(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)))).Build();
        _services = new ServiceCollection().AddLogging().AddSingleton(Time).AddOrchestrations(configuration).BuildServiceProvider();
    }

    public TimeProvider Time { get; }

    public GpuPool Pool => _services.GetRequiredService<GpuPool>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public PoolCall Call(int milliseconds = 20_000) => new("acme", "request-1", Deadline.After(TimeSpan.FromMilliseconds(milliseconds), Time));

    /// <summary>Begins to poll the hosts' health.</summary>
    public async Task StartAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
            _running.Add(service);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _running)
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }
}
