using System.Net;
using Hybrid.Functions.Tests.Hosting;
using Microsoft.Extensions.Options;

namespace Hybrid.Functions.Tests.Authentication;

public sealed class AuthenticationTests(ServedFunctions served)
{
    [Theory]
    [InlineData("Authorization", "Bearer " + ServedFunctions.AcmeKey)]
    [InlineData("Authorization", "bearer  " + ServedFunctions.AcmeKey)]
    [InlineData("api-key", ServedFunctions.AcmeKey)]
    [InlineData("x-functions-key", ServedFunctions.AcmeKey)]
    public async Task Key_InAnyOfItsPlaces_LetsIn(string header, string value) =>
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(header, value)).Status);

    [Theory]
    [InlineData("Authorization", "Bearer wrong")]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "Basic " + ServedFunctions.AcmeKey)]
    [InlineData("api-key", "wrong")]
    [InlineData("x-functions-key", ServedFunctions.AcmeKey + "x")]
    public async Task Key_ThatIsWrong_Is401InOpenAisForm(string header, string value)
    {
        var answer = await AskAsync(header, value);

        Assert.Equal((401, "invalid_api_key", null), answer.Error);
        Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
        Assert.Equal("The API key is not known.", answer["error"]["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task Key_InTheUrl_DoesNotCount()
    {
        using var nobody = served.Client(null);

        Assert.Equal(401, (await nobody.GetJsonAsync($"/v1/models?code={ServedFunctions.AcmeKey}")).Error.Status);
    }

    [Theory]
    [InlineData("GET", "/v1/models")]
    [InlineData("GET", "/v1/models/x")]
    [InlineData("POST", "/v1/embeddings")]
    [InlineData("POST", "/v1/rerank")]
    [InlineData("POST", "/rerank")]
    [InlineData("POST", "/v1/chat/completions")]
    [InlineData("POST", "/v1/pipelines/rag")]
    [InlineData("GET", "/v1/pipelines/runs/x")]
    [InlineData("DELETE", "/v1/pipelines/runs/x")]
    [InlineData("POST", "/v1/pipelines/runs/x/events/y")]
    [InlineData("POST", "/v1/pipelines/runs/x/terminate")]
    [InlineData("POST", "/v1/pipelines/runs/x/suspend")]
    [InlineData("POST", "/v1/pipelines/runs/x/resume")]
    [InlineData("POST", "/v1/pipelines/runs/x/restart")]
    [InlineData("GET", "/v1/collections")]
    [InlineData("PUT", "/v1/collections/x/documents")]
    [InlineData("DELETE", "/v1/collections/x")]
    [InlineData("DELETE", "/v1/collections/x/documents/y")]
    public async Task EveryRoute_WithoutAKey_Is401AndSaysHowToSendOne(string method, string path)
    {
        using var nobody = served.Client(null);

        var answer = await nobody.SendAsync(new HttpMethod(method), path);

        Assert.Equal((401, "invalid_api_key", null), answer.Error);
        Assert.Contains("Authorization: Bearer", answer["error"]["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_WithoutAKey_IsAnswered(string path)
    {
        using var nobody = served.Client(null);

        Assert.Equal(HttpStatusCode.OK, (await nobody.GetJsonAsync(path)).Status);
    }

    [Fact]
    public async Task Server_WithoutKeys_LetsNobodyInAndSaysHowToConfigureIt()
    {
        await using var app = await served.ServeAsync(Settings());
        using var client = served.Client(ServedFunctions.AcmeKey, app.Address);

        var answer = await client.GetJsonAsync("/v1/models");

        Assert.Equal((401, "invalid_api_key", null), answer.Error);
        Assert.Contains("ApiKeys__0__Key", answer["error"]["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatAllowsAnonymous_ServesThoseWithoutAKeyAsTheDefaultTenant()
    {
        await using var app = await served.ServeAsync(Settings(("Authentication:AllowAnonymous", "true")));
        using var client = served.Client(null, app.Address);

        Assert.Equal(HttpStatusCode.OK, (await client.GetJsonAsync("/v1/models")).Status);
        var accepted = await client.PostAsync("/v1/pipelines/rag", new { collection = "c", question = "q" });
        Assert.StartsWith("default.", accepted["id"].GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WithBadKeys_DoesNotStartAndNamesEveryFaultButNoKey()
    {
        var failure = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => served.ServeAsync(Settings(
            ("ApiKeys:0:Key", "short"), ("ApiKeys:0:Tenant", "Upper"), ("ApiKeys:1:Key", "long-enough-to-be-a-key"), ("ApiKeys:1:Tenant", "a"),
            ("ApiKeys:2:Key", "long-enough-to-be-a-key"), ("ApiKeys:2:Tenant", "b")), mayFail: true));

        Assert.Equal(3, failure.Failures.Count());
        Assert.DoesNotContain("long-enough", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WhoseMetricsKeyIsATenantsKey_DoesNotStart()
    {
        var failure = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => served.ServeAsync(Settings(
            ("ApiKeys:0:Key", "long-enough-to-be-a-key"), ("ApiKeys:0:Tenant", "a"), ("Metrics:Key", "long-enough-to-be-a-key")), mayFail: true));

        Assert.Contains("Metrics:Key", Assert.Single(failure.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("long-enough", failure.Message, StringComparison.Ordinal);
    }

    private Dictionary<string, string?> Settings(params (string Key, string? Value)[] settings) =>
        settings.Append(("GpuPool:Hosts:0", served.GpuHost.Address.ToString()))
            .ToDictionary(setting => setting.Item1, setting => setting.Item2);

    private async Task<Answer> AskAsync(string header, string value)
    {
        using var client = served.Client(null);
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation(header, value);
        return await client.AskAsync(request);
    }
}
