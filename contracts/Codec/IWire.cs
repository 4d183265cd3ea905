using MessagePack;

namespace Hybrid.Contracts.Codec;

/// <summary>
/// A type with a wire form: a MessagePack array of its fields in a fixed order. New fields go to the end, so that an old
/// reader skips what it does not know and a new reader gives an absent field its default.
/// </summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IWire<TSelf>
    where TSelf : IWire<TSelf>
{
    static abstract void Write(ref MessagePackWriter writer, TSelf value);

    /// <exception cref="MessagePackSerializationException">The bytes are not this type.</exception>
    static abstract TSelf Read(ref MessagePackReader reader);
}
