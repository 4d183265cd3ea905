using System.Buffers;
using Hybrid.Contracts.Errors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>The bytes behind the JSON (binary tensor extension), taken from by one input after the other, in place.</summary>
internal ref struct BinaryTail(ReadOnlySequence<byte> rest)
{
    private ReadOnlySequence<byte> _rest = rest;

    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: fewer are left.</exception>
    public ReadOnlySequence<byte> Take(long size, string name)
    {
        if (size < 0 || size > _rest.Length)
        {
            throw new HybridException(ErrorCode.InvalidRequest, $"Input '{name}' wants {size} bytes behind the JSON, where {_rest.Length} are left.", name);
        }

        var taken = _rest.Slice(0, size);
        _rest = _rest.Slice(size);
        return taken;
    }

    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: no input took the last of them.</exception>
    public readonly void CheckUsedUp()
    {
        if (_rest.Length > 0)
        {
            throw new HybridException(ErrorCode.InvalidRequest, $"{_rest.Length} bytes behind the JSON belong to no input.");
        }
    }
}
