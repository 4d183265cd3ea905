using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution.Binding;

/// <summary>A piece of <see cref="HostMemory"/>. Whoever has a span of it must not outlive it.</summary>
internal sealed unsafe class HostBuffer : IDisposable
{
    /// <summary>Tensors in it begin at multiples of this: a cache line, and the widest vector register.</summary>
    public const int Alignment = 64;

    private readonly OrtMemoryAllocation? _allocation;
    private void* _pointer;

    private HostBuffer(void* pointer, nuint length, OrtMemoryInfo info, OrtMemoryAllocation? allocation)
    {
        _pointer = pointer;
        _allocation = allocation;
        Length = length;
        Info = info;
    }

    public nuint Length { get; }

    /// <summary>What kind of memory it is, in the runtime's terms.</summary>
    public OrtMemoryInfo Info { get; }

    public static HostBuffer Aligned(nuint bytes) => new(NativeMemory.AlignedAlloc(bytes, Alignment), bytes, OrtMemoryInfo.DefaultInstance, allocation: null);

    public static HostBuffer Pinned(OrtAllocator allocator, OrtMemoryInfo info, uint bytes)
    {
        var allocation = allocator.Allocate(bytes);
        return new HostBuffer((void*)allocation.DangerousGetHandle(), bytes, info, allocation);
    }

    /// <summary>The length of a tensor with what is left free behind it.</summary>
    public static nuint RoundUp(nuint bytes) => (bytes + Alignment - 1) & ~(nuint)(Alignment - 1);

    public nint At(nuint offset) => (nint)((byte*)_pointer + offset);

    public Span<byte> Span(nuint offset, nuint length) => new((byte*)_pointer + offset, checked((int)length));

    public void Dispose()
    {
        if (_pointer is null)
        {
            return;
        }

        if (_allocation is not null)
        {
            _allocation.Dispose();
        }
        else
        {
            NativeMemory.AlignedFree(_pointer);
        }

        _pointer = null;
    }
}
