using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Tensors;
using MessagePack;

namespace Hybrid.Contracts.Tasks;

public sealed partial record InferRequest : IWire<InferRequest>
{
    public static void Write(ref MessagePackWriter writer, InferRequest value)
    {
        writer.WriteArrayHeader(4);
        writer.Write(value.Model);
        writer.Write(value.Version);
        writer.WriteList(value.Inputs, Tensor.Write);
        writer.WriteTexts(value.Outputs);
    }

    public static InferRequest Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(4);
        var request = new InferRequest(reader.ReadName(), reader.ReadInt32(), reader.ReadList(Tensor.Read), reader.ReadNames());
        reader.SkipFields(unknown);
        return request;
    }
}

public sealed partial record InferReply : IWire<InferReply>
{
    public static void Write(ref MessagePackWriter writer, InferReply value)
    {
        writer.WriteArrayHeader(4);
        writer.Write(value.Model);
        writer.Write(value.Version);
        writer.WriteList(value.Outputs, Tensor.Write);
        Timings.Write(ref writer, value.Timings);
    }

    public static InferReply Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(4);
        var reply = new InferReply(reader.ReadName(), reader.ReadInt32(), reader.ReadList(Tensor.Read), Timings.Read(ref reader));
        reader.SkipFields(unknown);
        return reply;
    }
}
