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

    public static EmbedRequest Read(ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(3);
        var request = new EmbedRequest(reader.ReadText(), reader.ReadList(ReadInput), reader.ReadBoolean());
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
        writer.WriteArrayHeader(7);
        writer.Write(value.Model);
        writer.Write(value.Version);
        writer.Write(value.Dimensions);
        writer.WriteFloats(value.Vectors.Span);
        writer.Write(value.TokenCount);
        Timings.Write(ref writer, value.Timings);
        writer.WriteCounts(value.TokenCounts);
    }

    public static EmbedReply Read(ref MessagePackReader reader)
    {
        var later = reader.ReadRecord(6);
        var reply = new EmbedReply(
            reader.ReadText(),
            reader.ReadInt32(),
            reader.ReadInt32(),
            reader.ReadFloats(),
            reader.ReadInt32(),
            Timings.Read(ref reader),
            reader.ReadCounts(ref later));
        reader.SkipFields(later);
        return reply.Dimensions > 0 && reply.Vectors.Length % reply.Dimensions == 0
            ? reply
            : throw new MessagePackSerializationException($"{reply.Vectors.Length} values are no whole number of vectors of {reply.Dimensions}.");
    }
}
