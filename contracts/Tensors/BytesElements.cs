using System.Buffers;

namespace Hybrid.Contracts.Tensors;

/// <summary>Walks through the elements of a <see cref="TensorType.Bytes"/> tensor's data, in place.</summary>
public ref struct BytesElements(in ReadOnlySequence<byte> data)
{
    private SequenceReader<byte> _reader = new(data);
    private ReadOnlySequence<byte> _current;

    /// <summary>The element's bytes; a copy where they lie in several pieces.</summary>
    public readonly ReadOnlySpan<byte> Current => _current.IsSingleSegment ? _current.FirstSpan : _current.ToArray();

    /// <summary>Bytes behind the current element.</summary>
    public readonly long Rest => _reader.Remaining;

    public readonly BytesElements GetEnumerator() => this;

    /// <summary>False at the end, and where what is left is no element.</summary>
    public bool MoveNext()
    {
        var before = _reader;
        if (_reader.TryReadLittleEndian(out int length) && _reader.TryReadExact((int)Math.Min((uint)length, int.MaxValue), out _current))
        {
            return true;
        }

        _reader = before;
        return false;
    }
}
