using System.Net;
using Hybrid.Functions.Tests.Hosting;

namespace Hybrid.Functions.Tests.Http;

public sealed class CollectionTests(ServedFunctions served)
{
    private readonly string _name = $"c{Guid.NewGuid():N}";

    [Fact]
    public async Task Documents_PutTwice_AreCountedOnce()
    {
        var first = await PutAsync(new { id = "a", text = "one" }, new { id = "b", title = "B", text = "two", metadata = new { page = "7" } });
        var second = await PutAsync(new { id = "b", text = "two again" }, new { id = "c", text = "three" });

        Assert.Equal("""{"upserted":2,"total":2}""", first.Body!.ToJsonString());
        Assert.Equal("""{"upserted":2,"total":3}""", second.Body!.ToJsonString());
    }

    [Fact]
    public async Task Collections_AreListedForTheirTenantOnly()
    {
        await PutAsync(new { id = "a", text = "one" });
        using var other = served.Client(ServedFunctions.OtherKey);

        Assert.Contains(_name, await NamesAsync(served.Acme));
        Assert.DoesNotContain(_name, await NamesAsync(other));
        Assert.Equal((404, "not_found", "collection"), (await other.SendAsync(HttpMethod.Delete, $"/v1/collections/{_name}")).Error);
    }

    [Fact]
    public async Task Document_Deleted_IsGone()
    {
        await PutAsync(new { id = "a", text = "one" }, new { id = "b", text = "two" });

        Assert.Equal(HttpStatusCode.NoContent, (await served.Acme.SendAsync(HttpMethod.Delete, $"/v1/collections/{_name}/documents/a")).Status);
        Assert.Equal((404, "not_found", "id"), (await served.Acme.SendAsync(HttpMethod.Delete, $"/v1/collections/{_name}/documents/a")).Error);
        Assert.Equal(2, (await PutAsync(new { id = "c", text = "three" }))["total"].GetValue<int>());
    }

    [Fact]
    public async Task Collection_Deleted_IsGone()
    {
        await PutAsync(new { id = "a", text = "one" });

        Assert.Equal(HttpStatusCode.NoContent, (await served.Acme.SendAsync(HttpMethod.Delete, $"/v1/collections/{_name}")).Status);
        Assert.DoesNotContain(_name, await NamesAsync(served.Acme));
    }

    private async Task<Answer> PutAsync(params object[] documents)
    {
        var answer = await served.Acme.PutAsync($"/v1/collections/{_name}/documents", new { documents });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        return answer;
    }

    private static async Task<IEnumerable<string>> NamesAsync(HttpClient client) =>
        (await client.GetJsonAsync("/v1/collections"))["data"].AsArray().Select(collection => collection!["name"]!.GetValue<string>());
}
