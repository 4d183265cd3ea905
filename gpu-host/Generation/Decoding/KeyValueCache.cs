using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Generation.Decoding;

/// <summary>The keys and values of a group of sequences: what one run gave, as it lies in the device's memory, is what the next one takes.</summary>
internal sealed class KeyValueCache : IDisposable
{
    private IReadOnlyList<OrtValue> _values;

    /// <summary>An empty one: no position yet.</summary>
    public KeyValueCache(DecoderLayout layout, int rows) =>
        _values = [.. layout.Past.Select(spec => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, spec.Type, [rows, spec.Shape[1], 0, spec.Shape[3]]))];

    /// <summary>Positions that are in it, padding included.</summary>
    public int Length { get; private set; }

    public IReadOnlyList<OrtValue> Values => _values;

    /// <summary>Takes what a run of <paramref name="added"/> further positions gave, and lets the old go.</summary>
    /// <param name="values">In the layout's order.</param>
    /// <param name="added">Positions of the run.</param>
    public void Advance(IReadOnlyList<OrtValue> values, int added)
    {
        Dispose();
        _values = values;
        Length += added;
    }

    public void Dispose()
    {
        foreach (var value in _values)
        {
            value.Dispose();
        }

        _values = [];
    }
}
