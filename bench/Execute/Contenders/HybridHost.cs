using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Load;
using Hybrid.Stack;
using Hybrid.Stack.Serving;

namespace Hybrid.Bench.Execute.Contenders;

/// <summary>Our GPU host with its default settings, over its MessagePack route.</summary>
internal sealed class HybridHost(ServedProcess process) : IContender
{
    private const string Model = "bench-embed";

    public string Name => "host";

    public Uri Url => process.Url;

    public int ProcessId => process.Process.Id;

    /// <summary>Few for long texts, where more would wait longer than the host's limiter lets callers wait; many to fill batches of short ones.</summary>
    public IReadOnlyList<int> Connections { get; } = [8, 16, 32, 64, 128];

    public static async Task<HybridHost> StartAsync(
        StackOptions options, string models, Narrator narrator, CancellationToken cancellationToken, params IEnumerable<KeyValuePair<string, string>> settings) =>
        new(await ServedProcess.StartAsync(
            options, ServedProgram.GpuHost(options, "gpu-host", 0, [new("Weights__Directory", models), .. settings]), narrator, cancellationToken));

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
