using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Hybrid.Stack.Calls;

/// <summary>The API as a client of it sees it: plain HTTP and JSON.</summary>
public sealed class ApiCalls : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public ApiCalls(Uri url, ApiKey key)
    {
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Key);
    }

    public HttpClient Http { get; }

    public async Task PutDocumentsAsync(string collection, IEnumerable<Document> documents, CancellationToken cancellationToken)
    {
        using var response = await Http.PutAsJsonAsync($"/v1/collections/{collection}/documents", new { documents }, Json, cancellationToken);
        await EnsureAsync(response, HttpStatusCode.OK, cancellationToken);
    }

    /// <summary>Starts the RAG pipeline and waits for its answer.</summary>
    public async Task<Answer> AskAsync(string collection, string question, CancellationToken cancellationToken) =>
        await WaitAsync(await StartAsync(new { collection, question }, cancellationToken), cancellationToken);

    /// <summary>Starts the RAG pipeline and returns the URL of its status.</summary>
    public async Task<Uri> StartAsync(object request, CancellationToken cancellationToken)
    {
        using var response = await Http.PostAsJsonAsync("/v1/pipelines/rag", request, Json, cancellationToken);
        await EnsureAsync(response, HttpStatusCode.Accepted, cancellationToken);
        return response.Headers.Location ?? throw new StackException("The API answered 202 without a Location.");
    }

    /// <summary>Polls a run until it has ended.</summary>
    /// <exception cref="StackException">It ended without an answer; the message has its state and error.</exception>
    public async Task<Answer> WaitAsync(Uri status, CancellationToken cancellationToken)
    {
        while (true)
        {
            var run = await Http.GetFromJsonAsync<JsonElement>(status, Json, cancellationToken);
            switch (run.GetProperty("runtimeStatus").GetString())
            {
                case "Pending" or "Running" or "Suspended" or "ContinuedAsNew":
                    await Task.Delay(PollInterval, cancellationToken);
                    break;
                case "Completed":
                    return run.GetProperty("output").Deserialize<Answer>(Json) ?? throw new StackException("The run has no output.");
                default:
                    throw new StackException($"The run ended without an answer: {run.GetRawText()}");
            }
        }
    }

    /// <summary>Polls a run until it is in a stage of its pipeline.</summary>
    public async Task WaitForStageAsync(Uri status, string stage, CancellationToken cancellationToken)
    {
        while (!(await Http.GetStringAsync(status, cancellationToken)).Contains($"\"{stage}\"", StringComparison.Ordinal))
        {
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    public void Dispose() => Http.Dispose();

    private static async Task EnsureAsync(HttpResponseMessage response, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        if (response.StatusCode != expected)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new StackException($"{response.RequestMessage?.RequestUri?.AbsolutePath} answered {(int)response.StatusCode}: {body}");
        }
    }
}

/// <summary>A document to index.</summary>
public sealed record Document(string Id, string Title, string Text);
