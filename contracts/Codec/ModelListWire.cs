using Hybrid.Contracts.Codec;
using MessagePack;

namespace Hybrid.Contracts.Tasks;

public sealed partial record ModelList : IWire<ModelList>
{
    public static void Write(ref MessagePackWriter writer, ModelList value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Device);
        writer.WriteList(value.Models, ModelInfo.Write);
    }

    public static ModelList Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(2);
        var list = new ModelList(reader.ReadText(), reader.ReadList(ModelInfo.Read));
        reader.SkipFields(unknown);
        return list;
    }
}

public sealed partial record ModelInfo : IWire<ModelInfo>
{
    public static void Write(ref MessagePackWriter writer, ModelInfo value)
    {
        writer.WriteArrayHeader(5);
        writer.Write(value.Name);
        writer.Write(value.Version);
        writer.WriteEnum(value.Task);
        writer.Write(value.MaxTokens);
        writer.Write(value.Dimensions);
    }

    public static ModelInfo Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(5);
        var info = new ModelInfo(
            reader.ReadName(), reader.ReadInt32(), reader.ReadEnum<ModelTask>(), reader.ReadInt32(), reader.ReadInt32());
        reader.SkipFields(unknown);
        return info;
    }
}
