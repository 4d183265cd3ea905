using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;

namespace Hybrid.GpuHost.Tests.Hosts;

/// <summary>A model whose work is as long as a test wants: 400 products of two matrices.</summary>
internal static class SlowModel
{
    public const string Name = "slow";

    /// <summary>Matrices of this size take minutes of one core: only an end from outside makes them short.</summary>
    public const int Endless = 1400;

    public static void WriteTo(TestFolder repository) => Graphs.WriteSlow(repository.Path, Name);

    public static InferRequest Request(int size) => new(Name, 0, [Tensor.Of("x", TensorType.Fp32, [size, size], new float[size * size])], []);

    public static byte[] Body(int size) => Wire.Encode(Request(size));
}
