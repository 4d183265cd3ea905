using System.Buffers;

namespace MessagePack;

/// <summary>An extension's type and the number of bytes that follow.</summary>
public struct ExtensionHeader : IEquatable<ExtensionHeader>
{
    public ExtensionHeader(sbyte typeCode, uint length)
    {
        TypeCode = typeCode;
        Length = length;
    }

    public ExtensionHeader(sbyte typeCode, int length)
        : this(typeCode, checked((uint)length))
    {
    }

    public sbyte TypeCode { get; private set; }

    public uint Length { get; private set; }

    public bool Equals(ExtensionHeader other) => TypeCode == other.TypeCode && Length == other.Length;
}

/// <summary>An extension's type and its bytes, a slice of what was read.</summary>
public struct ExtensionResult
{
    public ExtensionResult(sbyte typeCode, Memory<byte> data)
        : this(typeCode, new ReadOnlySequence<byte>(data))
    {
    }

    public ExtensionResult(sbyte typeCode, ReadOnlySequence<byte> data)
    {
        TypeCode = typeCode;
        Data = data;
    }

    public sbyte TypeCode { get; private set; }

    public ReadOnlySequence<byte> Data { get; private set; }

    public ExtensionHeader Header => new(TypeCode, (uint)Data.Length);
}
