using System.Buffers;
using System.Runtime.InteropServices;
using Hybrid.Contracts.Tasks;
using MessagePack;

namespace Hybrid.Contracts.Codec;

/// <summary>
/// An embed reply where its bytes lie: nothing is copied or allocated, unless a field lies in two pieces. Every reader of replies goes
/// through here; <see cref="ToReply"/> makes what may outlive the call.
/// </summary>
public readonly ref struct EmbedReplyView : IDecodable<EmbedReplyView>
{
    private readonly ReadOnlySequence<byte> _vectors;
    private readonly ReadOnlySequence<byte> _tokenCounts;

    private EmbedReplyView(scoped ref MessagePackReader reader)
    {
        var later = reader.ReadRecord(6);
        Model = reader.ReadUtf8();
        Version = reader.ReadInt32();
        Dimensions = reader.ReadInt32();
        _vectors = reader.ReadFloats();
        TokenCount = reader.ReadInt32();
        Timings = Timings.Read(ref reader);
        if (later > 0)
        {
            later--;
            var start = reader.Position;
            reader.CheckCounts();
            _tokenCounts = reader.Sequence.Slice(start, reader.Position);
        }

        reader.SkipFields(later);
        var values = _vectors.Length / sizeof(float);
        if (Dimensions <= 0 || values % Dimensions != 0)
        {
            throw new MessagePackSerializationException($"{values} values are no whole number of vectors of {Dimensions}.");
        }
    }

    /// <summary>The model's name in UTF-8.</summary>
    public ReadOnlySpan<byte> Model { get; }

    /// <summary>The version that answered.</summary>
    public int Version { get; }

    /// <summary>Length d of one vector.</summary>
    public int Dimensions { get; }

    /// <summary>Tokens read, all texts together.</summary>
    public int TokenCount { get; }

    /// <summary>Where the time went.</summary>
    public Timings Timings { get; }

    /// <summary>Number n of vectors.</summary>
    public int Count => (int)(_vectors.Length / sizeof(float)) / Dimensions;

    /// <summary>Row-major [n, d], in place; of a message in pieces a new copy each time.</summary>
    public ReadOnlySpan<float> Vectors =>
        _vectors.IsSingleSegment ? MemoryMarshal.Cast<byte, float>(_vectors.FirstSpan) : _vectors.ToFloats();

    public static EmbedReplyView Read(scoped ref MessagePackReader reader) => new(ref reader);

    /// <summary>The reply as a value: its vectors stay in the received memory where they lie in one piece, else are copied once.</summary>
    public EmbedReply ToReply() => new(
        NameCache.Shared.Get(Model),
        Version,
        Dimensions,
        _vectors.IsSingleSegment ? new FloatMemory(_vectors.First).Memory : _vectors.ToFloats(),
        TokenCount,
        Timings,
        ReadTokenCounts());

    private int[]? ReadTokenCounts()
    {
        var reader = new MessagePackReader(_tokenCounts);
        return reader.End || reader.TryReadNil() ? null : reader.ReadList(static (ref MessagePackReader r) => r.ReadInt32());
    }
}
