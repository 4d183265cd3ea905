using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Planning;

namespace Hybrid.Bench.Boundary;

/// <summary>
/// Measures S(b) on a real host by its own account (<see cref="Timings.Compute"/>): a request of b inputs is a batch of b, and what it took is
/// padding, session and pooling as a batch of strangers has them too. As many callers as instances ask at a time, so that instances that share
/// cores are measured sharing them.
/// </summary>
internal static class ServiceMeasurement
{
    // Sizes in turn, so that a machine whose speed drifts does not make one size look slow.
    private const int Rounds = 5;
    private static readonly TimeSpan PerRound = TimeSpan.FromSeconds(0.4);

    /// <returns>S(b), and the seconds that a request of one input takes beside queue and session.</returns>
    public static async Task<(ServiceTimes Service, double Overhead)> MeasureAsync(
        Uri host, string model, int tokens, int instances, int maxSize, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = host };
        int[] sizes = [.. Enumerable.Range(0, 32).Select(i => 1 << i).TakeWhile(size => size <= maxSize)];
        var replies = sizes.ToDictionary(size => size, _ => new List<(double Compute, double Beside)>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var size in sizes)
            {
                var body = EmbedBody(model, size, tokens);
                var callers = await Task.WhenAll(Enumerable.Range(0, instances).Select(_ => AskAsync(http, body, cancellationToken)));
                replies[size].AddRange(callers.SelectMany(caller => caller));
            }
        }

        return (
            new ServiceTimes([.. sizes.Select(size => (size, Measure.Median(replies[size].Select(reply => reply.Compute))))]),
            Measure.Median(replies[1].Select(reply => reply.Beside)));
    }

    public static byte[] EmbedBody(string model, int inputs, int tokens) =>
        Wire.Encode(new EmbedRequest(model, [.. Enumerable.Repeat(new EmbedInput(null, [.. Enumerable.Range(10, tokens)]), inputs)]));

    private static async Task<List<(double Compute, double Beside)>> AskAsync(HttpClient http, byte[] body, CancellationToken cancellationToken)
    {
        var replies = new List<(double, double)>();
        var begin = TimeProvider.System.GetTimestamp();
        for (var warm = false; !warm || replies.Count == 0 || TimeProvider.System.GetElapsedTime(begin) < PerRound; warm = true)
        {
            var sent = TimeProvider.System.GetTimestamp();
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new(MediaTypes.MessagePack);
            using var response = await http.PostAsync(TaskRoutes.Embed, content, cancellationToken);
            var reply = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new InvalidOperationException($"The host answered {(int)response.StatusCode}: {Wire.Decode<Contracts.Errors.Error>(reply).Message}");
            }

            var timings = Wire.Decode<EmbedReply>(reply).Timings;
            var elapsed = TimeProvider.System.GetElapsedTime(sent);

            // The first answer of a size is the session's own warm-up.
            if (warm)
            {
                replies.Add((timings.Compute.TotalSeconds, (elapsed - timings.Queue - timings.Compute).TotalSeconds));
            }
        }

        return replies;
    }
}
