using Hybrid.LocalHost.Durable.Storage;
using Hybrid.LocalHost.Invocation;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.Options;

namespace Hybrid.LocalHost.Tests.Hosting;

/// <summary>What is wrong stops the start, and says where it is.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("{ nonsense", "is not valid JSON")]
    [InlineData("""{ "version": "1.0" }""", "version '1.0'")]
    [InlineData("[]", "is not valid JSON")]
    public async Task HostJson_Malformed_NamesTheFile(string json, string message)
    {
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => TestHost.StartAsync(hostJson: json));

        Assert.Contains("host.json", failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "version": "2.0", "extensions": { "queues": { "batchSize": 33 } } }""", "BatchSize")]
    [InlineData("""{ "version": "2.0", "extensions": { "http": { "maxConcurrentRequests": -5 } } }""", "MaxConcurrentRequests")]
    [InlineData("""{ "version": "2.0", "extensions": { "durableTask": { "maxConcurrentActivityFunctions": 0 } } }""", "MaxConcurrentActivities")]
    public async Task HostJson_ValueOutOfRange_NamesIt(string json, string name)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(hostJson: json));

        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostJson_SettingOverrides_Wins()
    {
        await using var host = await TestHost.StartAsync(new() { ["AzureFunctionsJobHost:extensions:http:routePrefix"] = "other" });

        Assert.True((await host.Http.GetAsync("/other/echo/a/1", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Functions_ThatCannotBeServed_AreAllNamed()
    {
        var failure = await Assert.ThrowsAsync<FunctionDiscoveryException>(() => TestHost.StartAsync(functions: [typeof(Unservable)]));

        Assert.Collection(
            failure.Errors,
            error => Assert.Contains("'Ticking', parameter 'tick': local-host does not serve Ticker", error, StringComparison.Ordinal),
            error => Assert.Contains("'OddHttp', parameter 'unknown' of type System.String", error, StringComparison.Ordinal),
            error => Assert.Contains("'OddQueue', parameter 'number' of type System.Int32", error, StringComparison.Ordinal),
            error => Assert.Contains("'OddOrchestrator', parameter 'name' of type System.String", error, StringComparison.Ordinal),
            error => Assert.Contains("'Aimless'", error, StringComparison.Ordinal),
            error => Assert.Contains("have the same name", error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connection_Missing_NamesTheSetting()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TestHost.StartAsync(functions: [typeof(TestApp.QueueFunctions)]));

        Assert.StartsWith("AzureWebJobsStorage is not set", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_Unreadable_IsNotQuoted()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TestHost.StartAsync(
            new() { ["AzureWebJobsStorage"] = "AccountKey=secret-secret" }, [typeof(TestApp.QueueFunctions)]));

        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_InUse_StopsTheSecondHost()
    {
        await using var first = await TestHost.StartAsync();
        var database = first.App.Configuration["Durable:Database"];

        var failure = await Assert.ThrowsAsync<DurableStoreException>(() => TestHost.StartAsync(new() { ["Durable:Database"] = database }));

        Assert.Contains("in use by another process", failure.Message, StringComparison.Ordinal);
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    private sealed class TickerAttribute : TriggerBindingAttribute;

    private static class Unservable
    {
        [Function("Ticking")]
        public static void Ticking([Ticker] string tick) => _ = tick;

        [Function("OddHttp")]
        public static void OddHttp([HttpTrigger("get", Route = "a/{known}")] HttpRequest request, string known, string unknown) => _ = (request, known, unknown);

        [Function("OddQueue")]
        public static void OddQueue([QueueTrigger("q")] int number) => _ = number;

        [Function("OddOrchestrator")]
        public static void OddOrchestrator([OrchestrationTrigger] string name) => _ = name;

        [Function("Aimless")]
        public static void Aimless(string text) => _ = text;

        [Function("ticking")]
        public static void Twice([ActivityTrigger] string input) => _ = input;
    }
}
