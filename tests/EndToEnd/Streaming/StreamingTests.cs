using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Hybrid.EndToEnd.Tests.Stacks;
using Hybrid.Models;
using Hybrid.Stack.Calls;
using Hybrid.Testing.Metrics;

namespace Hybrid.EndToEnd.Tests.Streaming;

/// <summary>Streams through all processes. The GPU host is frozen in the midst of an answer, so that the moment is certain.</summary>
public sealed class StreamingTests : IAsyncLifetime
{
    private const int AtOnce = 50;

    // The exporter answers with an older text for a third of a second.
    private static readonly TimeSpan MetricsLife = TimeSpan.FromMilliseconds(350);

    // Some hundred tokens, each of a step of its own.
    private static readonly string Long = string.Join(' ', Corpus.Passages.Take(14).Select(passage => passage.Text));

    private readonly TestFolder _folder = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(150));
    private LocalStack _stack = null!;
    private ApiCalls _api = null!;

    private CancellationToken Limit => _limit.Token;

    public async ValueTask InitializeAsync()
    {
        // As many as are sent at once are let in.
        var settings = new Dictionary<string, string> { ["Admission__Adaptive__InitialConcurrency"] = "64", ["Admission__Adaptive__MinConcurrency"] = "64" };
        _stack = await LocalStack.StartAsync(_folder.Options with { Settings = settings }, new Narrator(Console.Error), Limit);
        _api = new ApiCalls(_stack.LocalHost.Url, _stack.ApiKey);
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _stack.DisposeAsync();
        var errors = _folder.ErrorLines().ToArray();
        _folder.Dispose();
        _limit.Dispose();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task OpenAiClient_GetsTheFirstChunkBeforeTheLastTokenIsMade()
    {
        var whole = await WholeAsync(Long);
        using var client = Start(Long);
        var chunks = Lines(client);

        await chunks.FirstTextAsync(Limit);
        _stack.GpuHosts[0].Process.Pause();
        var rest = chunks.ToEndAsync(Limit);
        // What was on its way arrives; the answer's end cannot, as long as the host is frozen.
        await Task.WhenAny(rest, Task.Delay(TimeSpan.FromSeconds(2), Limit));
        Assert.False(rest.IsCompleted);
        Assert.DoesNotContain(chunks.Seen.ToArray(), chunk => ChunkLines.FinishOf(chunk) is not null);
        _stack.GpuHosts[0].Process.Resume();
        await rest;

        Assert.True(chunks.Seen[^1].GetProperty("ended").GetBoolean());
        Assert.Equal(whole.Text, chunks.Text);
        Assert.Equal("stop", ChunkLines.FinishOf(chunks.Seen[^3]));
        Assert.Equal(whole.Usage.GetRawText(), chunks.Seen[^2].GetProperty("usage").GetRawText());
        Assert.Equal(0, chunks.Seen[^2].GetProperty("choices").GetArrayLength());
        Assert.All(chunks.Seen[..^2], chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("usage").ValueKind));
    }

    [Fact]
    public async Task OpenAiClient_ThatAborts_StopsTheHost()
    {
        var tokens = (await WholeAsync(Long)).Usage.GetProperty("completion_tokens").GetInt32();
        var before = await TokensMadeAsync();
        using var client = Start(Long, leaveAfter: 3);

        await Lines(client).ToEndAsync(Limit);
        while (await SumAsync("hybrid_host_generations_total", ("outcome", "cancelled")) == 0)
        {
            await Task.Delay(MetricsLife, Limit);
        }

        var stopped = await TokensMadeAsync();
        Assert.InRange(stopped - before, 3, tokens - 1);
        await Task.Delay(TimeSpan.FromSeconds(1), Limit);
        Assert.Equal(stopped, await TokensMadeAsync());
        Assert.Equal(0, await SumAsync("hybrid_host_requests_running"));
    }

    [Fact]
    public async Task GpuHost_KilledInAStream_IsTheClientsErrorAndTheEnd()
    {
        using var client = Start(Long);
        var chunks = Lines(client);

        await chunks.FirstTextAsync(Limit);
        await _stack.GpuHosts[0].Process.KillAsync();
        await chunks.ToEndAsync(Limit);

        var error = chunks.Seen[^1].GetProperty("error");
        Assert.Equal(("APIError", "unavailable", "server_error"), (error.GetProperty("class").GetString(), error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
        Assert.DoesNotContain(chunks.Seen, chunk => ChunkLines.FinishOf(chunk) is not null);

        await _stack.GpuHosts[0].StartAsync(Limit);
    }

    [Fact]
    public async Task Deadline_InAStream_IsAnErrorAndTheEnd()
    {
        var chunks = await AskAsync(Long, budget: "3000");

        await chunks.FirstTextAsync(Limit);
        _stack.GpuHosts[0].Process.Pause();
        await chunks.ToEndAsync(Limit);
        _stack.GpuHosts[0].Process.Resume();

        Assert.Equal("deadline_exceeded", chunks.Seen[^1].GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain(chunks.Seen, chunk => ChunkLines.FinishOf(chunk) is not null);
    }

    [Fact]
    public async Task FiftyStreams_AtOnce_EachGetsItsOwnAnswer()
    {
        var passages = Enumerable.Range(0, AtOnce).Select(i => Corpus.Passages[i % Corpus.Passages.Count].Text).ToArray();

        var answers = await Task.WhenAll(passages.Select(async passage =>
        {
            var chunks = await AskAsync(passage);
            await chunks.ToEndAsync(Limit);
            return chunks.Text;
        }));

        Assert.Equal(passages, answers);
    }

    /// <summary>The raw events, without the client; <c>[DONE]</c> is left out.</summary>
    private async Task<ChunkLines> AskAsync(string passage, string? budget = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(Body(passage, stream: true)) };
        if (budget is not null)
        {
            request.Headers.Add("x-budget-ms", budget);
        }

        var response = await _api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Limit);
        Assert.True(response.IsSuccessStatusCode, await ErrorOfAsync(response));
        var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Limit));
        return new ChunkLines(async cancellation =>
        {
            while (await lines.ReadLineAsync(cancellation) is { } line)
            {
                if (line.StartsWith("data: {", StringComparison.Ordinal))
                {
                    return line["data: ".Length..];
                }
            }

            return null;
        });
    }

    private async Task<string> ErrorOfAsync(HttpResponseMessage response) =>
        response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync(Limit);

    private async Task<(string Text, JsonElement Usage)> WholeAsync(string passage)
    {
        using var response = await _api.Http.PostAsJsonAsync("/v1/chat/completions", Body(passage, stream: false), Limit);
        var reply = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Limit);
        return (reply.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!, reply.GetProperty("usage"));
    }

    private static object Body(string passage, bool stream) => new
    {
        model = "demo-generate",
        messages = new[] { new { role = "system", content = passage }, new { role = "user", content = "What does it say?" } },
        stream,
    };

    private Process Start(string passage, int leaveAfter = 0) => Process.Start(new ProcessStartInfo(
        "node", [Path.Combine(_stack.Options.NodeModules, "..", "tests", "EndToEnd", "Streaming", "stream.mjs"), $"{leaveAfter}"])
    {
        RedirectStandardOutput = true,
        Environment =
        {
            ["HYBRID_URL"] = _stack.LocalHost.Url.GetLeftPart(UriPartial.Authority),
            ["HYBRID_API_KEY"] = _stack.ApiKey.Key,
            ["HYBRID_PASSAGE"] = passage,
        },
    })!;

    private static ChunkLines Lines(Process process) => new(async cancellation => await process.StandardOutput.ReadLineAsync(cancellation));

    private Task<double> TokensMadeAsync() => SumAsync("hybrid_host_generation_tokens_total");

    private async Task<double> SumAsync(string name, params (string Label, string Value)[] labels)
    {
        await Task.Delay(MetricsLife, Limit);
        return MetricsText.Parse(await _api.Http.GetStringAsync(new Uri(_stack.GpuHosts[0].Url, "/metrics"), Limit)).Sum(name, labels);
    }
}
