using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution.Binding;

/// <summary>
/// Where inputs are written and outputs are read: memory outside of the collector's heap, which never moves, and which on CUDA is page-locked, so
/// that the device copies to and from it by itself.
/// </summary>
internal sealed class HostMemory : IDisposable
{
    private readonly OrtMemoryInfo? _pinnedInfo;
    private readonly OrtAllocator? _pinned;

    public HostMemory(InferenceSession session, ExecutionDevice device)
    {
        if (device.Provider == ExecutionProvider.Cpu)
        {
            return;
        }

        _pinnedInfo = new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA_PINNED, OrtAllocatorType.DeviceAllocator, device.Index, OrtMemType.CpuOutput);
        try
        {
            _pinned = new OrtAllocator(session, _pinnedInfo);
        }
        catch (OnnxRuntimeException)
        {
            // A provider without page-locked memory: it then copies through a buffer of its own.
            _pinnedInfo.Dispose();
            _pinnedInfo = null;
        }
    }

    public HostBuffer Allocate(nuint bytes) => _pinned is null || bytes > uint.MaxValue
        ? HostBuffer.Aligned(bytes)
        : HostBuffer.Pinned(_pinned, _pinnedInfo!, (uint)bytes);

    public void Dispose()
    {
        _pinned?.Dispose();
        _pinnedInfo?.Dispose();
    }
}
