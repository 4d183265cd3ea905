using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using MessagePack;

namespace Hybrid.Compat.Tests.MessagePack;

/// <summary>What is written comes back, whole or in pieces of any size.</summary>
public sealed class RoundTripProperties
{
    /// <summary>Of every magnitude: FsCheck's own are small.</summary>
    private static readonly Arbitrary<long> Integers = (
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        from shift in Gen.Choose(0, 63)
        select (((long)high << 32) | (uint)low) >> shift).ToArbitrary();

    [Fact]
    public void Integer_ComesBack() => Holds(
        Integers,
        (ref MessagePackWriter w, long value) => w.Write(value),
        (ref MessagePackReader r) => r.ReadInt64());

    [Fact]
    public void UnsignedInteger_ComesBack() => Holds(
        Integers,
        (ref MessagePackWriter w, long value) => w.Write((ulong)value),
        (ref MessagePackReader r) => (long)r.ReadUInt64());

    [Fact]
    public void Single_ComesBack() => Holds(
        Integers.Generator.Select(any => (int)any).ToArbitrary(),
        (ref MessagePackWriter w, int bits) => w.Write(BitConverter.Int32BitsToSingle(bits)),
        (ref MessagePackReader r) => BitConverter.SingleToInt32Bits(r.ReadSingle()));

    [Fact]
    public void Double_ComesBack() => Holds(
        Integers,
        (ref MessagePackWriter w, long bits) => w.Write(BitConverter.Int64BitsToDouble(bits)),
        (ref MessagePackReader r) => BitConverter.DoubleToInt64Bits(r.ReadDouble()));

    [Fact]
    public void String_ComesBack() => Holds(
        Gen.ArrayOf(Gen.Choose(0, 0x10ffff).Where(rune => rune is < 0xd800 or > 0xdfff)).Select(Text).ToArbitrary(),
        (ref MessagePackWriter w, string value) => w.Write(value),
        (ref MessagePackReader r) => r.ReadString()!);

    [Fact]
    public void Timestamp_ComesBack() => Holds(
        Integers.Generator.Select(any => new DateTime((any & long.MaxValue) % DateTime.MaxValue.Ticks, DateTimeKind.Utc)).ToArbitrary(),
        (ref MessagePackWriter w, DateTime value) => w.Write(value),
        (ref MessagePackReader r) => r.ReadDateTime());

    [Fact]
    public void Bytes_ComeBack() => Check(ArbMap.Default.ArbFor<byte[]>(), value =>
    {
        var written = Wire.Write((ref MessagePackWriter w) => w.Write(value));
        return Wire.Read(Sequences.Cut(written, 3), (ref MessagePackReader r) => r.ReadBytes())!.Value.ToArray().SequenceEqual(value);
    });

    [Fact]
    public void AnyBytes_AreSkippedOrRefused_AndNothingElse() => Check(ArbMap.Default.ArbFor<byte[]>(), bytes =>
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            reader.Skip();
            return reader.Consumed <= bytes.Length;
        }
        catch (Exception refusal) when (refusal is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            return refusal is MessagePackSerializationException || !PackageMode.StandIns;
        }
    });

    private delegate void Writing<in T>(ref MessagePackWriter writer, T value);

    private static void Holds<T>(Arbitrary<T> values, Writing<T> write, Wire.Reading<T> read) => Check(values, value =>
    {
        var bytes = Wire.Write((ref MessagePackWriter w) => write(ref w, value));
        return Equals(value, Wire.Read(bytes, read))
            && Enumerable.Range(1, Math.Min(bytes.Length, 9)).All(size => Equals(value, Wire.Read(Sequences.Cut(bytes, size), read)));
    });

    private static void Check<T>(Arbitrary<T> values, Func<T, bool> holds) =>
        Prop.ForAll(values, holds).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(500));

    private static string Text(int[] runes) => string.Concat(runes.Select(char.ConvertFromUtf32));
}
