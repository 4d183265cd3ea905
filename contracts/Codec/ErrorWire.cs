using Hybrid.Contracts.Codec;
using MessagePack;

namespace Hybrid.Contracts.Errors;

public sealed partial record Error : IWire<Error>
{
    public static void Write(ref MessagePackWriter writer, Error value)
    {
        writer.WriteArrayHeader(4);
        writer.WriteEnum(value.Code);
        writer.Write(value.Message);
        writer.Write(value.Param);
        if (value.RetryAfter is { } retryAfter)
        {
            writer.WriteTime(retryAfter);
        }
        else
        {
            writer.WriteNil();
        }
    }

    public static Error Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(4);
        var error = new Error(
            reader.ReadEnum<ErrorCode>(), reader.ReadText(), reader.ReadString(), reader.TryReadNil() ? null : reader.ReadTime());
        reader.SkipFields(unknown);
        return error;
    }
}
