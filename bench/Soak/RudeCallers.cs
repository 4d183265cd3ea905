using System.Net;
using Hybrid.Contracts.Headers;

namespace Hybrid.Bench.Soak;

/// <summary>Callers that leave in the middle, and callers whose budget is over before their turn comes; each a few times a second.</summary>
internal sealed class RudeCallers(Uri host)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private long _left;
    private long _expired;
    private long _unexpected;

    /// <summary>Callers that broke off before they had an answer.</summary>
    public long Left => Volatile.Read(ref _left);

    /// <summary>Answers of 504.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <summary>Answers that are neither whole nor a refusal.</summary>
    public long Unexpected => Volatile.Read(ref _unexpected);

    /// <summary>Goes on until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        RepeatAsync(LeaveAsync, seed: 1, cancellationToken), RepeatAsync(ExpireAsync, seed: 2, cancellationToken));

    private static async Task RepeatAsync(Func<HttpClient, Random, CancellationToken, Task> call, int seed, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var random = new Random(seed);
        try
        {
            while (true)
            {
                await call(http, random, cancellationToken);
                await Task.Delay(Pause, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    private async Task LeaveAsync(HttpClient http, Random random, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(random.Next(1, 60));
        try
        {
            Note(await PostAsync(http, random, budget: null, patience.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Interlocked.Increment(ref _left);
        }
    }

    private async Task ExpireAsync(HttpClient http, Random random, CancellationToken cancellationToken) =>
        Note(await PostAsync(http, random, random.Next(1, 20), cancellationToken));

    private void Note(HttpStatusCode status)
    {
        switch (status)
        {
            case HttpStatusCode.GatewayTimeout:
                Interlocked.Increment(ref _expired);
                break;
            case HttpStatusCode.OK or HttpStatusCode.TooManyRequests:
                break;
            default:
                Interlocked.Increment(ref _unexpected);
                break;
        }
    }

    private async Task<HttpStatusCode> PostAsync(HttpClient http, Random random, int? budget, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host, TaskRoutes.Embed))
        {
            Content = new ByteArrayContent(SoakRequests.LongEmbed(random)) { Headers = { ContentType = new(MediaTypes.MessagePack) } },
        };
        if (budget is { } milliseconds)
        {
            request.Headers.Add(HybridHeaders.BudgetMs, $"{milliseconds}");
        }

        using var response = await http.SendAsync(request, cancellationToken);
        return response.StatusCode;
    }
}
