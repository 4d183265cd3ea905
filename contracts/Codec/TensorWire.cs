using Hybrid.Contracts.Codec;
using MessagePack;

namespace Hybrid.Contracts.Tensors;

public sealed partial record Tensor : IWire<Tensor>
{
    public static void Write(ref MessagePackWriter writer, Tensor value)
    {
        writer.WriteArrayHeader(4);
        writer.Write(value.Name);
        writer.WriteEnum(value.Type);
        writer.WriteList(value.Shape, static (ref MessagePackWriter w, long dimension) => w.Write(dimension));
        writer.Write(value.Data);
    }

    public static Tensor Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(4);
        var tensor = new Tensor(
            reader.ReadName(),
            reader.ReadEnum<TensorType>(),
            reader.ReadList(static (ref MessagePackReader r) => r.ReadInt64()),
            reader.ReadBinary());
        reader.SkipFields(unknown);
        return tensor.Checked();
    }
}
