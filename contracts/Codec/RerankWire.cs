using Hybrid.Contracts.Codec;
using MessagePack;

namespace Hybrid.Contracts.Tasks;

public sealed partial record RerankRequest : IWire<RerankRequest>
{
    public static void Write(ref MessagePackWriter writer, RerankRequest value)
    {
        writer.WriteArrayHeader(5);
        writer.Write(value.Model);
        writer.Write(value.Query);
        writer.WriteTexts(value.Passages);
        writer.Write(value.RawScores);
        writer.Write(value.Truncate);
    }

    public static RerankRequest Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(5);
        var request = new RerankRequest(
            reader.ReadName(), reader.ReadText(), reader.ReadTexts(), reader.ReadBoolean(), reader.ReadBoolean());
        reader.SkipFields(unknown);
        return request;
    }
}

public sealed partial record RerankReply : IWire<RerankReply>
{
    public static void Write(ref MessagePackWriter writer, RerankReply value)
    {
        writer.WriteArrayHeader(6);
        writer.Write(value.Model);
        writer.Write(value.Version);
        writer.WriteFloats(value.Scores as float[] ?? [.. value.Scores]);
        writer.Write(value.TokenCount);
        Timings.Write(ref writer, value.Timings);
        writer.WriteCounts(value.TokenCounts);
    }

    public static RerankReply Read(scoped ref MessagePackReader reader)
    {
        var later = reader.ReadRecord(5);
        var reply = new RerankReply(
            reader.ReadName(),
            reader.ReadInt32(),
            reader.ReadFloats().ToFloats(),
            reader.ReadInt32(),
            Timings.Read(ref reader),
            reader.ReadCounts(ref later));
        reader.SkipFields(later);
        return reply;
    }
}
