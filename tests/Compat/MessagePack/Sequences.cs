using System.Buffers;

namespace Hybrid.Compat.Tests.MessagePack;

/// <summary>Bytes as a network hands them over: in pieces.</summary>
internal static class Sequences
{
    /// <summary>Pieces of the given size, with an empty one after each, which readers have to step over.</summary>
    public static ReadOnlySequence<byte> Cut(ReadOnlyMemory<byte> bytes, int size)
    {
        var first = new Piece(ReadOnlyMemory<byte>.Empty, 0);
        var last = first;
        for (var offset = 0; offset < bytes.Length; offset += size)
        {
            last = last.Then(bytes.Slice(offset, Math.Min(size, bytes.Length - offset)));
            last = last.Then(ReadOnlyMemory<byte>.Empty);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long start)
        {
            Memory = memory;
            RunningIndex = start;
        }

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
