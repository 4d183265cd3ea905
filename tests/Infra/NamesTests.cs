using Hybrid.Contracts.Headers;
using Hybrid.Functions.Queues;
using Hybrid.GpuHost.Hosting;
using Hybrid.GpuHost.Weights;
using Hybrid.Infra.Tests.Bicep;
using Hybrid.Orchestrations.Results;
using Hybrid.Orchestrations.Retrieval;

namespace Hybrid.Infra.Tests;

/// <summary>Names that two sides must agree on: what Bicep makes, and what the code and host.json look for.</summary>
public sealed class NamesTests
{
    private const string Containers = "Microsoft.Storage/storageAccounts/blobServices/containers";
    private const string Queues = "Microsoft.Storage/storageAccounts/queueServices/queues";

    [Fact]
    public void Containers_AreThoseOfTheCode()
    {
        var made = NamesOf(Templates.Storage, Containers);

        Assert.Equal(
            [new RetrievalOptions().Container, "deployment", new WeightsOptions().Container, ResultStore.Container], made.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Queues_AreTheTriggersAndItsPoisonQueue() =>
        Assert.Equal([InferenceRequests.Queue, $"{InferenceRequests.Queue}-poison"], NamesOf(Templates.Storage, Queues));

    [Fact]
    public void OldResults_AreDeletedInTheirContainerAlone() =>
        Assert.Equal($"{ResultStore.Container}/", Templates.Storage.Value(Templates.Storage.Root.Find("prefixMatch").Single().Children.Single()));

    [Fact]
    public void ScaleRule_WatchesTheTriggersQueue() =>
        Assert.Equal(InferenceRequests.Queue, Templates.GpuHost.Value(GpuHost("queueName")));

    [Fact]
    public void Models_ComeFromTheirContainer()
    {
        var uri = Settings.Setting.Of(Templates.GpuHost, "env").Single(setting => setting.Key == "Weights:ContainerUri").Value;

        Assert.EndsWith($"primaryEndpoints.blob}}{new WeightsOptions().Container}'", uri.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_AreTheHosts()
    {
        var port = new Uri(new GpuHostOptions().Url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var ports = GpuHostApp.Find("port").Append(GpuHost("targetPort")).Select(Templates.GpuHost.Value).ToList();

        Assert.Equal(4, ports.Count);
        Assert.All(ports, found => Assert.Equal(port, found));
    }

    [Theory]
    [InlineData("Startup", TaskRoutes.Ready)]
    [InlineData("Readiness", TaskRoutes.Ready)]
    [InlineData("Liveness", TaskRoutes.Live)]
    public void Probe_AsksTheRouteOfTheHost(string type, string route)
    {
        var probe = GpuHost("probes").Children.Single(probe => probe.Properties["type"].Unquoted == type);

        Assert.Equal(route, probe.Properties["httpGet"].Properties["path"].Unquoted);
    }

    [Fact]
    public void Termination_IsLaterThanTheHostsOwnEnd()
    {
        var settings = Settings.Setting.Of(Templates.GpuHost, "env").ToDictionary(setting => setting.Key);
        var ownEnd = Duration("Host:DrainDelay") + Duration("Host:ShutdownTimeout");
        var kill = TimeSpan.FromSeconds(int.Parse(Templates.GpuHost.Value(GpuHost("terminationGracePeriodSeconds")), System.Globalization.CultureInfo.InvariantCulture));

        Assert.True(kill > ownEnd, $"{kill} is not after {ownEnd}.");

        TimeSpan Duration(string key) =>
            TimeSpan.Parse(Templates.GpuHost.Value(settings[key].Value), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void HttpConcurrency_IsWhatTheFunctionsHostAdmits()
    {
        var admitted = RepositoryFiles.ReadJson("host.json").GetProperty("extensions").GetProperty("http").GetProperty("maxConcurrentRequests");

        Assert.Equal(admitted.GetRawText(), Templates.Functions.Root.Find("perInstanceConcurrency").Single().Text);
    }

    [Fact]
    public void Scheduler_IsTheBackendThatHostJsonNames()
    {
        var provider = RepositoryFiles.ReadJson("host.json").GetProperty("extensions").GetProperty("durableTask").GetProperty("storageProvider");

        Assert.Equal("azureManaged", provider.GetProperty("type").GetString());
        Assert.Equal("taskHub.name", Templates.Scheduler.Root.All.Single(node => node.Kind == "output_declaration" && node.Children[0].Text == "TASK_HUB_NAME").Children[^1].Text);
    }

    private static SyntaxNode GpuHostApp => Templates.GpuHost.Resource("Microsoft.App/containerApps").Body;

    private static SyntaxNode GpuHost(string property) => GpuHostApp.Find(property).Single();

    private static IEnumerable<string> NamesOf(BicepFile file, string type) =>
        file.Resources.Where(resource => resource.Type == type).Select(resource => file.Value(resource.Body.Properties["name"]));
}
