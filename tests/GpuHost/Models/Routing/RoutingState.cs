using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Routing;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Models.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

[assembly: AssemblyFixture(typeof(SumLoader))]

namespace Hybrid.GpuHost.Tests.Models.Routing;

/// <summary>A state of a test's own, with a clock, a log and meters of its own, and as many versions of a small model as it likes.</summary>
internal sealed class RoutingState : IAsyncDisposable
{
    public const string Name = "sum";

    private readonly SumLoader _loader;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public RoutingState(SumLoader loader, CanaryOptions? options = null)
    {
        _loader = loader;
        Sums = new MeterSums(_services.GetRequiredService<IMeterFactory>(), "decision");
        State = new ModelsState(
            new HostTelemetry(_services.GetRequiredService<IMeterFactory>()), new CanaryJudge(Options.Create(options ?? new CanaryOptions())), Time, Log);
        State.Complete();
    }

    public ModelsState State { get; }

    public FakeTimeProvider Time { get; } = new();

    public RecordedLog<ModelsState> Log { get; } = new();

    public MeterSums Sums { get; }

    public ServedModel Served => State.Current.Serving[Name];

    /// <summary>Loads and publishes versions that stay beside each other.</summary>
    public RoutingState Publish(params int[] versions)
    {
        foreach (var version in versions)
        {
            State.Publish(_loader.Load(version), versions.Concat(State.Current.Loaded.Select(model => model.Description.Id.Version)).ToHashSet());
        }

        return this;
    }

    /// <summary>Sends so many requests, which end as the function says of their version.</summary>
    /// <returns>How many each version got.</returns>
    public Dictionary<int, int> Send(int requests, Func<int, (AdmissionOutcome Outcome, int Ms)> endOf)
    {
        var counts = new Dictionary<int, int>();
        for (var i = 0; i < requests; i++)
        {
            using var lease = State.Lease(Name);
            var version = lease.Model.Description.Id.Version;
            counts[version] = counts.GetValueOrDefault(version) + 1;
            var (outcome, ms) = endOf(version);
            lease.Observer?.Ended(outcome, TimeSpan.FromMilliseconds(ms));
        }

        return counts;
    }

    public async ValueTask DisposeAsync()
    {
        await State.DisposeAsync();
        Sums.Dispose();
        await _services.DisposeAsync();
    }
}

/// <summary>Loads one small model under any version.</summary>
public sealed class SumLoader : IAsyncLifetime
{
    private readonly TestFolder _repository = new();
    private TestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        Graphs.WriteSum(_repository.Path, RoutingState.Name);
        _host = await TestHost.ServeAsync(_repository.Path);
    }

    public LoadedModel Load(int version) => _host.Get<ModelLoader>().Load(new ModelId(RoutingState.Name, version), _repository.Combine(RoutingState.Name, "1"));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _repository.Dispose();
    }
}
