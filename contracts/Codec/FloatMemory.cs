using System.Buffers;
using System.Runtime.InteropServices;

namespace Hybrid.Contracts.Codec;

/// <summary>
/// Received bytes as the float32 values that they are, in place. They may begin at any address: x64 and Arm64, which is all that ONNX
/// Runtime's packages are built for, read them there, and <c>./hybrid bench codec</c> shows that it costs nothing.
/// </summary>
internal sealed class FloatMemory(ReadOnlyMemory<byte> bytes) : MemoryManager<float>
{
    /// <summary>For reading only, as the bytes are.</summary>
    public new ReadOnlyMemory<float> Memory => base.Memory;

    public override Span<float> GetSpan() => MemoryMarshal.Cast<byte, float>(MemoryMarshal.AsMemory(bytes).Span);

    public override MemoryHandle Pin(int elementIndex = 0) => bytes[(elementIndex * sizeof(float))..].Pin();

    public override void Unpin()
    {
        // The handle that Pin gave unpins.
    }

    protected override void Dispose(bool disposing)
    {
        // The bytes are somebody else's.
    }
}
