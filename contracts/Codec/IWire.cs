using MessagePack;

namespace Hybrid.Contracts.Codec;

/// <summary>
/// A type with a wire form: a MessagePack array of its fields in a fixed order. New fields go to the end, so that an old
/// reader skips what it does not know and a new reader gives an absent field its default.
/// </summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IWire<TSelf> : IEncodable<TSelf>, IDecodable<TSelf>
    where TSelf : IWire<TSelf>;

/// <summary>What can be written in a wire form.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IEncodable<TSelf>
    where TSelf : IEncodable<TSelf>
{
    static abstract void Write(ref MessagePackWriter writer, TSelf value);
}

/// <summary>What can be read from a wire form; a ref struct may point into the bytes.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IDecodable<TSelf>
    where TSelf : IDecodable<TSelf>, allows ref struct
{
    /// <exception cref="MessagePackSerializationException">The bytes are not this type.</exception>
    static abstract TSelf Read(scoped ref MessagePackReader reader);
}
