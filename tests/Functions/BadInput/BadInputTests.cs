using System.Text.Json;
using Hybrid.Functions.Tests.Hosting;

namespace Hybrid.Functions.Tests.BadInput;

/// <summary>The table of docs/api.md: what is wrong, and how it is answered.</summary>
public sealed class BadInputTests(ServedFunctions served)
{
    public static TheoryData<BadRequest> Table =>
        [.. JsonSerializer.Deserialize<BadRequest[]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "BadInput", "bad-requests.json")), JsonSerializerOptions.Web)!];

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Request_ThatIsWrong_HasItsStatusAndItsError(BadRequest request)
    {
        using var client = served.Client(request.Key is null ? ServedFunctions.AcmeKey : request.Key.Length == 0 ? null : request.Key);
        using var content = request.Body is null ? null : new StringContent(request.Body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));

        var answer = await client.SendAsync(new HttpMethod(request.Method), request.Path, content);

        Assert.Equal((request.Status, request.Code, request.Param), answer.Error);
        Assert.Equal(["message", "type", "param", "code"], answer["error"].AsObject().Select(field => field.Key));
        Assert.NotEmpty(answer["error"]["message"]!.GetValue<string>());
    }
}

/// <summary>A row of the table; a key of null is a good one, an empty one is none.</summary>
public sealed record BadRequest(string Name, string Method, string Path, string? Key, string? Body, int Status, string Code, string? Param)
{
    public override string ToString() => Name;
}
