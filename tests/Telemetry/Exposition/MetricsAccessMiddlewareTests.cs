using System.Net;
using Hybrid.Telemetry.Exposition;
using Microsoft.Extensions.Options;

namespace Hybrid.Telemetry.Tests.Exposition;

public sealed class MetricsAccessMiddlewareTests
{
    private const string Key = "key-of-the-scraper-0123456789";

    [Theory]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("127.8.9.10", HttpStatusCode.OK)]
    [InlineData("::1", HttpStatusCode.OK)]
    [InlineData("::ffff:127.0.0.1", HttpStatusCode.OK)]
    [InlineData("10.0.0.7", HttpStatusCode.Forbidden)]
    [InlineData("::ffff:10.0.0.7", HttpStatusCode.Forbidden)]
    [InlineData("fe80::1", HttpStatusCode.Forbidden)]
    public async Task Route_WithoutAKey_AnswersThisMachineOnly(string caller, HttpStatusCode status)
    {
        await using var server = await MeteredServer.StartAsync();

        Assert.Equal(status, await server.AskAsync("/metrics", (MeteredServer.CallerHeader, caller)));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("Forwarded", "for=203.0.113.9")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Route_ThroughAProxyOnThisMachine_IsRefused(string header, string value)
    {
        await using var server = await MeteredServer.StartAsync();

        Assert.Equal(HttpStatusCode.Forbidden, await server.AskAsync("/metrics", (header, value)));
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + Key, HttpStatusCode.OK)]
    [InlineData("Authorization", "bearer " + Key, HttpStatusCode.OK)]
    [InlineData("x-api-key", Key, HttpStatusCode.OK)]
    [InlineData("Authorization", "Bearer " + Key + "0", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Bearer ", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Basic " + Key, HttpStatusCode.Unauthorized)]
    [InlineData("x-api-key", "", HttpStatusCode.Unauthorized)]
    [InlineData("api-key", Key, HttpStatusCode.Unauthorized)]
    public async Task Route_WithAKey_AnswersWhoeverHasIt(string header, string value, HttpStatusCode status)
    {
        await using var server = await MeteredServer.StartAsync(("Metrics:Key", Key));

        Assert.Equal(status, await server.AskAsync("/metrics", (header, value), (MeteredServer.CallerHeader, "10.0.0.7")));
    }

    [Fact]
    public async Task Route_WithAKey_IsClosedToThisMachineWithoutIt()
    {
        await using var server = await MeteredServer.StartAsync(("Metrics:Key", Key));

        using var response = await server.Client.GetAsync(MetricsExposition.Route, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("Metrics:Key", "short")]
    [InlineData("Metrics:Key", "a key with blanks in it")]
    [InlineData("Metrics:Key", "@Microsoft.KeyVault(SecretUri=https://vault/secrets/metrics)")]
    [InlineData("Metrics:MaxSeries", "1")]
    public async Task Settings_ThatCannotBeMeant_StopTheStartWithoutTellingTheKey(string name, string value)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => MeteredServer.StartAsync((name, value)));

        Assert.Contains(name[8..], failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value.Length > 1 ? value : Key, failure.Message, StringComparison.Ordinal);
    }
}
