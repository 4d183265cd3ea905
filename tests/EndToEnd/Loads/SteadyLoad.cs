using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Hybrid.Stack.Calls;

namespace Hybrid.EndToEnd.Tests.Loads;

/// <summary>
/// Clients of the API who come at a fixed rate, whatever becomes of those before: of twenty requests sixteen are embeddings, three
/// are reranks and one is a chat, and no two are the same.
/// </summary>
internal sealed class SteadyLoad(ApiCalls api)
{
    private int _number;

    public ConcurrentQueue<string> Failures { get; } = [];

    /// <summary>Answers per second to clients who ask one after another.</summary>
    public async Task<double> SaturateAsync(int clients, TimeSpan time, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var answered = await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            var count = 0;
            for (; watch.Elapsed < time; count++)
            {
                await AskAsync(cancellation);
            }

            return count;
        }));
        return answered.Sum() / watch.Elapsed.TotalSeconds;
    }

    /// <summary>The latencies of all requests that begin in this time, in rising order.</summary>
    public async Task<TimeSpan[]> RunAsync(double perSecond, TimeSpan time, CancellationToken cancellation)
    {
        var requests = new List<Task<TimeSpan>>();
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (watch.Elapsed < time && await timer.WaitForNextTickAsync(cancellation))
        {
            while (requests.Count < watch.Elapsed.TotalSeconds * perSecond)
            {
                requests.Add(AskAsync(cancellation));
            }
        }

        TimeSpan[] latencies = await Task.WhenAll(requests);
        Array.Sort(latencies);
        return latencies;
    }

    private async Task<TimeSpan> AskAsync(CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _number);
        var begin = Stopwatch.GetTimestamp();
        var (route, body) = (number % 20) switch
        {
            0 => ("/v1/chat/completions", (object)new
            {
                model = "demo-generate", max_tokens = 8,
                messages = new[] { new { role = "system", content = $"Weights are mapped {number} times." }, new { role = "user", content = "Are weights mapped?" } },
            }),
            5 or 10 or 15 => ("/v1/rerank", new { model = "demo-rerank", query = $"Where does result {number} go?", documents = new[] { "Weights are mapped.", "Results are written to a blob." } }),
            _ => ("/v1/embeddings", new { model = "demo-embed", input = $"text number {number}" }),
        };
        try
        {
            using var response = await api.Http.PostAsJsonAsync(route, body, cancellation);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                Failures.Enqueue($"{route}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}");
            }
        }
        catch (HttpRequestException exception)
        {
            Failures.Enqueue($"{route}: {exception.Message}");
        }

        return Stopwatch.GetElapsedTime(begin);
    }
}
