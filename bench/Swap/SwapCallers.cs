using System.Collections.Concurrent;
using System.Diagnostics;
using Hybrid.Bench.Execute;
using Hybrid.Bench.Execute.Contenders;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;

namespace Hybrid.Bench.Swap;

/// <summary>
/// Callers who ask again as soon as they were answered, and look at every number that they get: the load client of the other benchmarks skips
/// bodies. Some ms of a host's work stand behind each request, so what this costs does not show.
/// </summary>
internal sealed class SwapCallers : IDisposable
{
    private const int Texts = 16;
    private const int Tokens = 32;

    /// <summary>Between replies of the same weights; other weights differ by tenths.</summary>
    private const float Tolerance = 1e-4f;

    private readonly HttpClient _http;
    private readonly byte[][] _requests;
    private readonly Uri _route;
    private readonly ConcurrentDictionary<int, float[][]> _expected = new();
    private readonly ConcurrentDictionary<int, long> _lastAsked = new();
    private long _failed;
    private long _mixed;
    private string? _firstFailure;

    public SwapCallers(Uri host, int connections)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = connections });
        _route = new Uri(host, TaskRoutes.Embed);
        _requests = [.. EmbedInputs.OfLength(Tokens, Texts).Select(tokens => Wire.Encode(new EmbedRequest(HybridHost.Model, [new EmbedInput(null, tokens)])))];
        Connections = connections;
    }

    public int Connections { get; }

    /// <summary>Requests without a whole answer.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Replies with other numbers than the version has that they name.</summary>
    public long Mixed => Interlocked.Read(ref _mixed);

    /// <summary>Why the first of the failed ones failed; null: none did.</summary>
    public string? FirstFailure => Volatile.Read(ref _firstFailure);

    /// <summary>Waits until this version answers, and takes its answers as what it has to say.</summary>
    /// <exception cref="TimeoutException">It did not in that time.</exception>
    public async Task LearnAsync(int version, TimeSpan longest, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        while ((await AskAsync(0, cancellationToken)).Version != version)
        {
            await PauseAsync(version, begin, longest, cancellationToken);
        }

        var vectors = new float[Texts][];
        for (var text = 0; text < Texts; text++)
        {
            vectors[text] = (await AskAsync(text, cancellationToken)).Vectors.ToArray();
        }

        _expected[version] = vectors;
        if (_expected.Values.Any(other => other != vectors && IsSame(vectors[0], other[0])))
        {
            throw new InvalidOperationException("Two versions give the same numbers: no reply could show which of them made it.");
        }
    }

    /// <summary>Asks until told to stop, and waits for the answers to what was asked.</summary>
    public async Task<IReadOnlyList<AnsweredRequest>> RunAsync(CancellationToken stop)
    {
        var answered = await Task.WhenAll(Enumerable.Range(0, Connections).Select(caller => Task.Run(() => CallAsync(caller, stop), CancellationToken.None)));
        return [.. answered.SelectMany(requests => requests)];
    }

    /// <summary>Waits until a reply names this version to a request that was sent from now on: earlier ones end on the version that they began on.</summary>
    /// <exception cref="TimeoutException">None did in that time.</exception>
    public async Task WaitForAsync(int version, TimeSpan longest, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        while (_lastAsked.GetValueOrDefault(version) < begin)
        {
            await PauseAsync(version, begin, longest, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task PauseAsync(int version, long begin, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (Stopwatch.GetElapsedTime(begin) > longest)
        {
            throw new TimeoutException($"Version {version} did not answer within {longest.TotalSeconds:0} s of its publication.");
        }

        await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
    }

    private static bool IsSame(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        for (var i = 0; i < a.Length; i++)
        {
            // Also false for what is no number.
            if (!(MathF.Abs(a[i] - b[i]) <= Tolerance))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<List<AnsweredRequest>> CallAsync(int caller, CancellationToken stop)
    {
        var answered = new List<AnsweredRequest>();
        for (var text = caller % Texts; !stop.IsCancellationRequested; text = (text + 1) % Texts)
        {
            var begin = Stopwatch.GetTimestamp();
            try
            {
                var reply = await AskAsync(text, CancellationToken.None);
                answered.Add(new AnsweredRequest(begin, Stopwatch.GetTimestamp()));
                if (!_expected.TryGetValue(reply.Version, out var expected) || !IsSame(reply.Vectors.Span, expected[text]))
                {
                    Interlocked.Increment(ref _mixed);
                }

                _lastAsked.AddOrUpdate(reply.Version, begin, (_, last) => Math.Max(last, begin));
            }
            catch (Exception exception)
            {
                Interlocked.Increment(ref _failed);
                Interlocked.CompareExchange(ref _firstFailure, exception.Message, null);
            }
        }

        return answered;
    }

    private async Task<EmbedReply> AskAsync(int text, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(_requests[text]) { Headers = { ContentType = new(MediaTypes.MessagePack) } };
        using var response = await _http.PostAsync(_route, content, cancellationToken);
        return Wire.Decode<EmbedReply>(await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellationToken));
    }
}

/// <summary>One request and its answer, in timestamps.</summary>
internal readonly record struct AnsweredRequest(long Begin, long End);
