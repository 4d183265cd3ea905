using Hybrid.Contracts.Codec;
using MessagePack;

namespace Hybrid.Contracts.Tasks;

public readonly partial record struct Timings : IWire<Timings>
{
    public static void Write(ref MessagePackWriter writer, Timings value)
    {
        writer.WriteArrayHeader(4);
        writer.WriteTime(value.Queue);
        writer.WriteTime(value.Tokenize);
        writer.WriteTime(value.Compute);
        writer.WriteTime(value.Total);
    }

    public static Timings Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(4);
        var timings = new Timings(reader.ReadTime(), reader.ReadTime(), reader.ReadTime(), reader.ReadTime());
        reader.SkipFields(unknown);
        return timings;
    }
}
