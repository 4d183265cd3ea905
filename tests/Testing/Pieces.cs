using System.Buffers;

namespace Hybrid.Testing;

/// <summary>Bytes as a network gives them: in pieces.</summary>
public static class Pieces
{
    /// <summary>The bytes in pieces of these lengths, which begin anew when they are used up.</summary>
    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> bytes, params int[] lengths)
    {
        var first = new Piece(default, 0);
        var last = first;
        for (var (at, i) = (0, 0); at < bytes.Length; i++)
        {
            // Every piece lies in memory of its own, so that no read can run on into the next by luck.
            var length = Math.Min(lengths[i % lengths.Length], bytes.Length - at);
            last = last.Then(bytes.Slice(at, length).ToArray());
            at += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long before)
        {
            Memory = memory;
            RunningIndex = before;
        }

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
