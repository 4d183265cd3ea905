using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Hybrid.Stack.Calls;
using Hybrid.Testing.Metrics;

namespace Hybrid.EndToEnd.Tests.Metrics;

/// <summary>A bit of every kind of traffic, and what both servers then show.</summary>
internal sealed class Traffic(LocalStack stack, ApiCalls api) : IDisposable
{
    private const string Question = "How are weights staged?";

    // The exporter answers with an older text for a third of a second.
    private static readonly TimeSpan TextLife = TimeSpan.FromMilliseconds(350);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task MakeAsync()
    {
        await PostAsync("/v1/embeddings", new { model = "demo-embed", input = new[] { "one text", "another" } });
        await PostAsync("/v1/embeddings", new { model = "demo-embed", input = new[] { "one text" } });
        await PostAsync("/v1/rerank", new { model = "demo-rerank", query = "Where?", documents = new[] { "Here.", "There." } });
        await PostAsync("/v1/chat/completions", new { model = "demo-generate", messages = new[] { new { role = "system", content = "Weights are mapped." }, new { role = "user", content = "Are weights mapped?" } } });
        await PostAsync("/v1/chat/completions", new { model = "demo-generate", stream = true, messages = new[] { new { role = "user", content = "Are weights mapped?" } } });
        await PostAsync("/v1/embeddings", new { model = "demo-embed", input = "" });
        await PostAsync("/v1/embeddings", new { model = "no-such-model", input = "text" });
        await PostAsync("/v1/embeddings", new { model = "demo-embed", input = new[] { 1_000_000 } });
        await api.AskAsync(Handbook.Collection, Question, Cancellation);
        await AskByQueueAsync($"metrics-{Guid.NewGuid():N}", stack.ApiKey.Tenant, Handbook.Collection);
        await AskByQueueAsync($"metrics-{Guid.NewGuid():N}", stack.ApiKey.Tenant, "no-such-collection");
        await _http.PostAsJsonAsync(new Uri(stack.GpuHosts[0].Url, "/v2/models/no-such-model/infer"), new { inputs = Array.Empty<object>() }, Cancellation);
        await _http.GetAsync(new Uri(stack.GpuHosts[0].Url, "/v2/models/demo-embed"), Cancellation);
    }

    public async Task PostAsync(string path, object body)
    {
        using var response = await api.Http.PostAsJsonAsync(path, body, Cancellation);
    }

    /// <summary>Sends a question to the queue and waits for its result, whatever it is.</summary>
    public async Task AskByQueueAsync(string id, string tenant, string collection)
    {
        await new QueueClient(stack.Azurite.ConnectionString, "inference-requests").SendMessageAsync(
            JsonSerializer.Serialize(new { id, tenant, collection, question = Question }), Cancellation);
        var result = new BlobContainerClient(stack.Azurite.ConnectionString, "results").GetBlobClient($"{id}.json");
        while (!await result.ExistsAsync(Cancellation))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancellation);
        }
    }

    public async Task<string> TextOfAsync(Uri server)
    {
        await Task.Delay(TextLife, Cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/metrics")) { Headers = { Authorization = new("Bearer", MeteredStack.MetricsKey) } };
        using var response = await _http.SendAsync(request, Cancellation);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Cancellation);
    }

    public async Task<MetricsText> ReadAsync(Uri server) => MetricsText.Parse(await TextOfAsync(server));

    public void Dispose() => _http.Dispose();
}
