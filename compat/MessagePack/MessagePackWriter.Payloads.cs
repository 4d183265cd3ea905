using System.Buffers;
using System.Text;

namespace MessagePack;

public ref partial struct MessagePackWriter
{
    public void Write(byte[]? src)
    {
        if (src is null)
            WriteNil();
        else
            Write(src.AsSpan());
    }

    public void Write(scoped ReadOnlySpan<byte> src)
    {
        WriteBinHeader(src.Length);
        Append(src);
    }

    public void Write(in ReadOnlySequence<byte> src)
    {
        WriteBinHeader(checked((int)src.Length));
        Append(src);
    }

    public void WriteBinHeader(int length)
    {
        var count = checked((uint)length);
        if (count <= byte.MaxValue)
            WriteByte(MessagePackCode.Bin8, (byte)count);
        else if (count <= ushort.MaxValue)
            WriteBigEndian(MessagePackCode.Bin16, (ushort)count);
        else
            WriteBigEndian(MessagePackCode.Bin32, count);
    }

    public void Write(string? value)
    {
        if (value is null)
            WriteNil();
        else
            Write(value.AsSpan());
    }

    public void Write(scoped ReadOnlySpan<char> value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        WriteStringHeader(length);
        Advance(Encoding.UTF8.GetBytes(value, GetSpan(length)));
    }

    public void WriteString(ReadOnlySpan<byte> utf8stringBytes)
    {
        WriteStringHeader(utf8stringBytes.Length);
        Append(utf8stringBytes);
    }

    public void WriteString(in ReadOnlySequence<byte> utf8stringBytes)
    {
        WriteStringHeader(checked((int)utf8stringBytes.Length));
        Append(utf8stringBytes);
    }

    public void WriteStringHeader(int byteCount)
    {
        var count = checked((uint)byteCount);
        if (count <= MessagePackRange.MaxFixStringLength)
            WriteCode((byte)(MessagePackCode.MinFixStr | count));
        else if (count <= byte.MaxValue)
            WriteByte(MessagePackCode.Str8, (byte)count);
        else if (count <= ushort.MaxValue)
            WriteBigEndian(MessagePackCode.Str16, (ushort)count);
        else
            WriteBigEndian(MessagePackCode.Str32, count);
    }

    public void WriteExtensionFormat(ExtensionResult extensionData)
    {
        WriteExtensionFormatHeader(extensionData.Header);
        Append(extensionData.Data);
    }

    public void WriteExtensionFormatHeader(ExtensionHeader extensionHeader)
    {
        switch (extensionHeader.Length)
        {
            case 1: WriteCode(MessagePackCode.FixExt1); break;
            case 2: WriteCode(MessagePackCode.FixExt2); break;
            case 4: WriteCode(MessagePackCode.FixExt4); break;
            case 8: WriteCode(MessagePackCode.FixExt8); break;
            case 16: WriteCode(MessagePackCode.FixExt16); break;
            case <= byte.MaxValue: WriteByte(MessagePackCode.Ext8, (byte)extensionHeader.Length); break;
            case <= ushort.MaxValue: WriteBigEndian(MessagePackCode.Ext16, (ushort)extensionHeader.Length); break;
            default: WriteBigEndian(MessagePackCode.Ext32, extensionHeader.Length); break;
        }

        WriteCode(unchecked((byte)extensionHeader.TypeCode));
    }
}
