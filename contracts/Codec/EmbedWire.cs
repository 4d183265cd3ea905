using System.Runtime.InteropServices;
using Hybrid.Contracts.Codec;
using MessagePack;

namespace Hybrid.Contracts.Tasks;

public sealed partial record EmbedRequest : IWire<EmbedRequest>
{
    public static void Write(ref MessagePackWriter writer, EmbedRequest value)
    {
        writer.WriteArrayHeader(3);
        writer.Write(value.Model);
        writer.WriteList(value.Inputs, WriteInput);
        writer.Write(value.Truncate);
    }

    public static EmbedRequest Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(3);
        var request = new EmbedRequest(reader.ReadName(), reader.ReadList(ReadInput), reader.ReadBoolean());
        reader.SkipFields(unknown);
        return request;
    }

    // A text is a string, tokens are an array: the type on the wire tells which.
    private static void WriteInput(ref MessagePackWriter writer, EmbedInput input)
    {
        if (input.Tokens is { } tokens)
        {
            writer.WriteList(tokens, static (ref MessagePackWriter w, int token) => w.Write(token));
        }
        else
        {
            writer.Write(input.Text);
        }
    }

    private static EmbedInput ReadInput(ref MessagePackReader reader) =>
        reader.NextMessagePackType == MessagePackType.Array
            ? new EmbedInput(null, reader.ReadList(static (ref MessagePackReader r) => r.ReadInt32()))
            : new EmbedInput(reader.ReadText(), null);
}

public sealed partial record EmbedReply : IWire<EmbedReply>
{
    public static void Write(ref MessagePackWriter writer, EmbedReply value)
    {
        WriteHead(ref writer, value.Model, value.Version, value.Dimensions);
        writer.WriteFloats(value.Vectors.Span);
        WriteTail(ref writer, value.TokenCount, value.Timings, value.TokenCounts);
    }

    public static EmbedReply Read(scoped ref MessagePackReader reader) => EmbedReplyView.Read(ref reader).ToReply();

    internal static void WriteHead(ref MessagePackWriter writer, string model, int version, int dimensions)
    {
        writer.WriteArrayHeader(7);
        writer.Write(model);
        writer.Write(version);
        writer.Write(dimensions);
    }

    internal static void WriteTail(ref MessagePackWriter writer, int tokenCount, Timings timings, IReadOnlyList<int>? tokenCounts)
    {
        writer.Write(tokenCount);
        Timings.Write(ref writer, timings);
        writer.WriteCounts(tokenCounts);
    }
}

public readonly partial record struct EmbedReplyRows : IEncodable<EmbedReplyRows>
{
    /// <exception cref="ArgumentException">A row is not of <see cref="Dimensions"/>.</exception>
    public static void Write(ref MessagePackWriter writer, EmbedReplyRows value)
    {
        var rows = value.Rows.Span;
        EmbedReply.WriteHead(ref writer, value.Model, value.Version, value.Dimensions);
        writer.WriteBinHeader(checked(rows.Length * value.Dimensions * sizeof(float)));
        foreach (var row in rows)
        {
            writer.WriteRaw(row.Length == value.Dimensions
                ? MemoryMarshal.AsBytes(row.Span)
                : throw new ArgumentException($"A row of {row.Length} values among vectors of {value.Dimensions}.", nameof(value)));
        }

        EmbedReply.WriteTail(ref writer, value.TokenCount, value.Timings, value.TokenCounts);
    }
}
