using System.Net;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Codec;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Models.Lifecycle;

namespace Hybrid.GpuHost.Tests.Endpoints.OpenInference;

/// <summary>The model repository extension, and word of what was published.</summary>
public sealed class RepositoryTests : IDisposable
{
    private const string Events = "/v2/repository/events";
    private const string Load = "/v2/repository/models/versioned/load";
    private const string Unload = "/v2/repository/models/versioned/unload";
    private const string Key = "a-key-of-some-length";

    private readonly TestFolder _repository = new();

    public RepositoryTests() => VersionedModel.Publish(_repository, 1);

    [Fact]
    public async Task Index_OfWhatIsReady_LeavesTheRestOut()
    {
        VersionedModel.Publish(_repository, 2);
        await using var host = await LifecycleHost.ServeAsync(_repository);

        var all = await ReadAsync(await host.PostAsync("/v2/repository/index"));
        var ready = await ReadAsync(await host.PostAsync("/v2/repository/index", """{"ready": true}"""));

        Assert.Equal(
            """[{"name":"versioned","version":"1","state":"UNAVAILABLE","reason":"not served by the version policy latest"},{"name":"versioned","version":"2","state":"READY","reason":""}]""",
            all);
        Assert.Equal("""[{"name":"versioned","version":"2","state":"READY","reason":""}]""", ready);
    }

    [Fact]
    public async Task Unload_Model_StaysUnloadedUntilItIsLoaded()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);

        using var unloaded = await host.PostAsync(Unload, """{"parameters": {"unload_dependents": true}}""");
        await host.PollAsync();

        Assert.Equal((HttpStatusCode.OK, ""), (unloaded.StatusCode, await ReadAsync(unloaded)));
        await host.Host.PostForErrorAsync(TaskRoutes.Infer, Wire.Encode(VersionedModel.Request(0)));
        await Eventually.IsTrueAsync(async () => (await host.IndexAsync())[1] == ("UNAVAILABLE", "unloaded"));

        using var loaded = await host.PostAsync(Load);
        Assert.Equal((HttpStatusCode.OK, ""), (loaded.StatusCode, await ReadAsync(loaded)));
        Assert.Equal(1, (await host.AskAsync()).Version);
    }

    [Fact]
    public async Task Load_NewVersion_IsServedWhenItAnswers()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        VersionedModel.Publish(_repository, 2);

        using var loaded = await host.PostAsync(Load, "{}");

        Assert.Equal(HttpStatusCode.OK, loaded.StatusCode);
        Assert.Equal(2, (await host.AskAsync()).Version);
    }

    [Fact]
    public async Task Load_BrokenVersion_Is422AndTheOldOneServesOn()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        VersionedModel.Publish(_repository, 2, golden: 3);

        using var loaded = await host.PostAsync(Load);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, loaded.StatusCode);
        Assert.StartsWith("""{"error":"versioned/2 is not served: The golden sample""", await ReadAsync(loaded), StringComparison.Ordinal);
        Assert.Equal(1, (await host.AskAsync()).Version);
    }

    [Theory]
    [InlineData("/v2/repository/models/other/load", null, HttpStatusCode.NotFound, "No model 'other' is published.")]
    [InlineData("/v2/repository/models/other/unload", null, HttpStatusCode.NotFound, "No model 'other' is published.")]
    [InlineData(Load, """{"parameters": {"config": "{}"}}""", HttpStatusCode.BadRequest, "The parameter 'config' is not taken here")]
    [InlineData(Unload, """{"parameters": {"force": true}}""", HttpStatusCode.BadRequest, "There is no parameter 'force'")]
    [InlineData(Load, "{", HttpStatusCode.BadRequest, "The body is not readable")]
    [InlineData("/v2/repository/index", "[]", HttpStatusCode.BadRequest, "The body is not readable")]
    [InlineData(Events, "7", HttpStatusCode.BadRequest, "The body is neither an event nor an array of events.")]
    public async Task Request_ThatCannotBeDone_SaysWhy(string route, string? body, HttpStatusCode status, string why)
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);

        using var response = await host.PostAsync(route, body);

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(why, (await ReadAsync(response)).Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"eventType": "Microsoft.Storage.BlobCreated", "subject": "/blobServices/default/containers/models/blobs/versioned/2/manifest.json", "data": {}}]""")]
    [InlineData("""{"specversion": "1.0", "type": "Microsoft.Storage.BlobCreated", "subject": "/blobServices/default/containers/models/blobs/versioned/labels.json"}""")]
    [InlineData(null)]
    public async Task Events_OfSomethingPublished_HaveTheSourceAsked(string? events)
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        VersionedModel.Publish(_repository, 2);

        using var response = await host.PostAsync(Events, events);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Eventually.IsTrueAsync(async () => (await host.AskAsync()).Version == 2);
    }

    [Fact]
    public async Task Events_Validation_GivesTheCodeBack()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository, ("Models:RepositoryKey", Key));

        using var response = await host.PostAsync(
            Events, """[{"id": "1", "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {"validationCode": "512d38b6", "validationUrl": "https://example.com"}}]""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"validationResponse":"512d38b6"}""", await ReadAsync(response));
    }

    [Fact]
    public async Task Events_CloudEventsHandshake_AllowsTheOrigin()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        using var request = new HttpRequestMessage(HttpMethod.Options, Events);
        request.Headers.Add("WebHook-Request-Origin", "eventgrid.azure.net");

        using var response = await host.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("eventgrid.azure.net", Assert.Single(response.Headers.GetValues("WebHook-Allowed-Origin")));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer another-key-of-some-length", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer " + Key, HttpStatusCode.OK)]
    public async Task Load_WithAKeyConfigured_NeedsIt(string? authorization, HttpStatusCode status)
    {
        await using var host = await LifecycleHost.ServeAsync(_repository, ("Models:RepositoryKey", Key));
        using var request = new HttpRequestMessage(HttpMethod.Post, Load);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await host.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task Load_ThroughAProxyWithoutAKeyConfigured_Is401()
    {
        await using var host = await LifecycleHost.ServeAsync(_repository);
        using var request = new HttpRequestMessage(HttpMethod.Post, Load);
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");

        using var response = await host.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    public void Dispose() => _repository.Dispose();

    private static Task<string> ReadAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
