using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Load;
using Hybrid.Stack;
using Hybrid.Stack.Serving;

namespace Hybrid.Bench.Execute.Contenders;

/// <summary>Our GPU host with its default settings, over its MessagePack route.</summary>
internal sealed class HybridHost(string name, ServedProcess process) : IContender
{
    /// <summary>The one model that it serves.</summary>
    public const string Model = "bench-embed";

    public string Name => name;

    public Uri Url => process.Url;

    public int ProcessId => process.Process.Id;

    /// <summary>Enough that both of its batches and what waits for the next are full, and more of them for short texts, of which larger batches are faster.</summary>
    public IReadOnlyList<int> Connections { get; } = [64, 128, 256];

    /// <summary>
    /// Starts it with its defaults, but for the limiter: that keeps waits short and turns away what would saturate the host, which is just
    /// what is measured.
    /// </summary>
    public static async Task<HybridHost> StartAsync(
        StackOptions options, string name, string models, Narrator narrator, CancellationToken cancellationToken, params IEnumerable<KeyValuePair<string, string>> settings) =>
        new(name, await ServedProcess.StartAsync(
            options,
            ServedProgram.GpuHost(
                options,
                name,
                0,
                [
                    new("Weights__Directory", models),
                    new("Admission__Adaptive__MinConcurrency", "512"),
                    new("Admission__Adaptive__InitialConcurrency", "512"),
                    new("Admission__Adaptive__LatencyFloor", "00:00:30"),
                    .. settings,
                ]),
            narrator,
            cancellationToken));

    public PreparedRequest Request(int[] tokens) =>
        PreparedRequest.Post(Url, TaskRoutes.Embed, MediaTypes.MessagePack, Encode(tokens), work: tokens.Length);

    public async Task<float[]> EmbedAsync(HttpClient http, int[] tokens, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(Encode(tokens)) { Headers = { ContentType = new(MediaTypes.MessagePack) } };
        using var response = await http.PostAsync(new Uri(Url, TaskRoutes.Embed), content, cancellationToken);
        return Wire.Decode<EmbedReply>(await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellationToken)).Vectors.ToArray();
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static byte[] Encode(int[] tokens) => Wire.Encode(new EmbedRequest(Model, [new EmbedInput(null, tokens)]));
}
