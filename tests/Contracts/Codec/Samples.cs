using System.Buffers;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;

namespace Hybrid.Contracts.Tests.Codec;

/// <summary>One value of every type that crosses a wire, and what can be done with it without knowing its type.</summary>
internal static class Samples
{
    private static readonly Timings Times = new(
        TimeSpan.FromMilliseconds(1.5), TimeSpan.FromMicroseconds(20), TimeSpan.FromMilliseconds(7), TimeSpan.FromMilliseconds(9));

    private static readonly Tensor Matrix = Tensor.Of("scores", TensorType.Fp32, [2, 2], [1f, -2f, float.NaN, 0.25f]);

    private static readonly ModelInfo Model = new("demo-embed", 3, ModelTask.Embed, 512, 256);

    public static IReadOnlyList<WireSample> All { get; } =
    [
        Of(new EmbedRequest("demo-embed", ["text", "", "žluťoučký 🐎", new EmbedInput(null, [1, 2, int.MaxValue])], false)),
        Of(new EmbedReply("demo-embed", 3, 2, new[] { 1f, 0f, 0.6f, 0.8f }, 11, Times)),
        Of(new EmbedReply("demo-embed", 3, 2, new[] { 1f, 0f, 0.6f, 0.8f }, 11, Times, [4, 7])),
        Of(new RerankRequest("demo-rerank", "query", ["a", "b"], true, false)),
        Of(new RerankReply("demo-rerank", 1, new[] { 0.1f, 0.9f }, 30, Times)),
        Of(new RerankReply("demo-rerank", 1, new[] { 0.1f, 0.9f }, 30, Times, [14, 16])),
        Of(new GenerateRequest("m", [new ChatMessage("user", "hi")], [new ContextDocument("title", "text")], 64, ["\n"], new Sampling(0.7f, 0.9f, 40, long.MaxValue))),
        Of(new GenerateRequest("m", [], [], 0, [], new Sampling())),
        Of(new GenerateReply("m", 1, "answer", FinishReason.Length, 10, 20, Times)),
        Of<GenerateFrame>(new GenerateFrame.Begin("m", 7, 300)),
        Of<GenerateFrame>(new GenerateFrame.Piece("žluť 🐎")),
        Of<GenerateFrame>(new GenerateFrame.End(FinishReason.Length, 20, Times)),
        Of<GenerateFrame>(new GenerateFrame.Failure(new Error(ErrorCode.DeadlineExceeded, "late", "stage"))),
        Of(new InferRequest("m", 0, [Matrix, Tensor.Of("ids", TensorType.Int64, [3], [1L, 2L, 3L])], ["scores"])),
        Of(new InferReply("m", 2, [Matrix], Times)),
        Of(new ModelList("cpu", [Model, new ModelInfo("raw", 1, ModelTask.Infer, 0, 0)])),
        Of(new Error(ErrorCode.Overloaded, "full", "queue", TimeSpan.FromSeconds(2))),
        Of(new Error(ErrorCode.Internal, "fault")),
    ];

    private static WireSample Of<T>(T value)
        where T : IWire<T> => new(typeof(T).Name, Wire.Encode(value), bytes => Wire.Encode(Wire.Decode<T>(bytes)));
}

/// <param name="Name">The type's name.</param>
/// <param name="Bytes">The value's wire form.</param>
/// <param name="DecodeAndEncode">Reads bytes as the type and writes what was read.</param>
internal sealed record WireSample(string Name, byte[] Bytes, Func<ReadOnlySequence<byte>, byte[]> DecodeAndEncode);
