using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hybrid.Functions.Tests.Hosting;

/// <summary>Calls whose bodies are JSON.</summary>
internal static class JsonCalls
{
    public static Task<Answer> PostAsync(this HttpClient client, string path, object body) => SendAsync(client, HttpMethod.Post, path, JsonContent.Create(body));

    public static Task<Answer> PutAsync(this HttpClient client, string path, object body) => SendAsync(client, HttpMethod.Put, path, JsonContent.Create(body));

    public static Task<Answer> GetJsonAsync(this HttpClient client, string path) => SendAsync(client, HttpMethod.Get, path, null);

    public static Task<Answer> SendAsync(this HttpClient client, HttpMethod method, string path, HttpContent? content = null) =>
        AskAsync(client, new HttpRequestMessage(method, path) { Content = content });

    public static async Task<Answer> AskAsync(this HttpClient client, HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return new Answer(
                response.StatusCode,
                text.Length == 0 ? null : JsonNode.Parse(text),
                response.Headers.ToDictionary(header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase));
        }
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonNode? Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode this[string field] => Body![field] ?? throw new KeyNotFoundException($"No '{field}' in {Body}");

    /// <summary>The error's code and param.</summary>
    public (int Status, string? Code, string? Param) Error =>
        ((int)Status, Body?["error"]?["code"]?.GetValue<string>(), Body?["error"]?["param"]?.GetValue<string>());

    public override string ToString() => $"{(int)Status} {Body?.ToJsonString(new JsonSerializerOptions())}";
}
