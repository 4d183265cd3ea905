using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Hybrid.Bench.Execute;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Load;

namespace Hybrid.Bench.Soak;

/// <summary>A bit of everything that a host is asked for, in one shuffled order.</summary>
internal static class SoakRequests
{
    public const string EmbedModel = "bench-embed";
    public const string TensorModel = "bench-identity";

    private const int Width = 256;

    /// <summary>Of a hundred requests: texts of 4 to 256 tokens, pairs to score, short answers, and raw tensors in both forms of the Open Inference Protocol.</summary>
    public static IReadOnlyList<PreparedRequest> Of(Uri host)
    {
        var random = new Random(1);
        PreparedRequest[] requests =
        [
            .. Many(50, () => Task(host, TaskRoutes.Embed, new EmbedRequest(EmbedModel, [.. Many(random.Next(1, 4), () => new EmbedInput(null, MixedText(random)))]))),
            .. Many(10, () => Task(host, TaskRoutes.Embed, new EmbedRequest("demo-embed", ["Where do results go?", "Weights are mapped, not copied."]))),
            .. Many(15, () => Task(host, TaskRoutes.Rerank, new RerankRequest("demo-rerank", "Where do results go?", ["Weights are mapped.", "Results are written to a blob."]))),
            .. Many(5, () => Task(host, TaskRoutes.Generate, new GenerateRequest(
                "demo-generate",
                [new ChatMessage("system", "Weights are mapped, not copied."), new ChatMessage("user", "Are weights copied?")], [], 16, [], new Sampling()))),
            .. Many(10, () => JsonTensors(host, random)),
            .. Many(10, () => BinaryTensors(host, random)),
        ];
        random.Shuffle(requests);
        return requests;
    }

    /// <summary>A request that takes a while: enough to leave in the middle of.</summary>
    public static byte[] LongEmbed(Random random) =>
        Wire.Encode(new EmbedRequest(EmbedModel, [.. Many(8, () => new EmbedInput(null, EmbedInputs.Text(random, 128)))]));

    private static int[] MixedText(Random random) => EmbedInputs.Text(random, (int)Math.Round(4 * Math.Pow(64, random.NextDouble())));

    private static IEnumerable<T> Many<T>(int count, Func<T> make) => Enumerable.Range(0, count).Select(_ => make());

    private static PreparedRequest Task<T>(Uri host, string route, T request)
        where T : IWire<T> => PreparedRequest.Post(host, route, MediaTypes.MessagePack, Wire.Encode(request));

    private static string InferRoute => $"/v2/models/{TensorModel}/infer";

    private static PreparedRequest JsonTensors(Uri host, Random random) => PreparedRequest.Post(
        host,
        InferRoute,
        MediaTypes.Json,
        JsonSerializer.SerializeToUtf8Bytes(new { inputs = new[] { new { name = "x", shape = new[] { 1, Width }, datatype = "FP32", data = Values(random) } } }));

    private static PreparedRequest BinaryTensors(Uri host, Random random)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new
        {
            parameters = new { binary_data_output = true },
            inputs = new[] { new { name = "x", shape = new[] { 1, Width }, datatype = "FP32", parameters = new { binary_data_size = Width * sizeof(float) } } },
        });
        byte[] body = [.. header, .. MemoryMarshal.AsBytes(Values(random).AsSpan())];
        return PreparedRequest.Post(
            host, InferRoute, "application/octet-stream", body, 1, new KeyValuePair<string, string>("Inference-Header-Content-Length", header.Length.ToString(CultureInfo.InvariantCulture)));
    }

    private static float[] Values(Random random) => [.. Many(Width, random.NextSingle)];
}
