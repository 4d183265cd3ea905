using FsCheck;
using FsCheck.Fluent;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.Testing;

namespace Hybrid.Contracts.Tests.Codec;

/// <summary>Messages that do not lie in one piece.</summary>
public sealed class PiecesTests
{
    private static readonly Gen<int[]> Lengths = Gen.Choose(1, 9).ArrayOf(1).Or(Gen.Choose(1, 40).NonEmptyListOf().Select(lengths => lengths.ToArray()));

    [Fact]
    public void EveryType_InAnyPieces_IsTheSame() =>
        Prop.ForAll(Lengths.ToArbitrary(), lengths => Samples.All.All(sample =>
            sample.DecodeAndEncode(Pieces.Of(sample.Bytes, lengths)).SequenceEqual(sample.Bytes))).QuickCheckThrowOnFailure();

    [Fact]
    public void EveryType_SpoiltAndInPieces_IsReadOrInvalid() =>
        Prop.ForAll(Lengths.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (lengths, seed) =>
        {
            var dice = new Random(seed);
            foreach (var sample in Samples.All)
            {
                byte[] bytes = [.. sample.Bytes];
                for (var i = dice.Next(1, 4); i > 0; i--)
                {
                    bytes[dice.Next(bytes.Length)] = (byte)dice.Next(256);
                }

                var spoilt = Pieces.Of(bytes.AsMemory(0, dice.Next(bytes.Length + 1)), lengths);
                var error = Record.Exception(() => sample.DecodeAndEncode(spoilt));
                Assert.True(error is null or HybridException { Error.Code: ErrorCode.InvalidRequest }, $"{sample.Name}: {error}");
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Tensor_InAnyPieces_KeepsItsBytesWhereTheyAre() =>
        Prop.ForAll(Lengths.ToArbitrary(), ArbMap.Default.ArbFor<long[]>(), (lengths, values) =>
        {
            var bytes = Wire.Encode(new InferRequest("m", 0, [Tensor.Of("x", TensorType.Int64, [values.Length], values)], []));
            var read = Wire.Decode<InferRequest>(Pieces.Of(bytes, lengths)).Inputs[0];
            return read.Data.Length == values.Length * sizeof(long) && read.As<long>().SequenceEqual(values);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Tensor_OfOnePiece_IsReadInPlace()
    {
        var bytes = Wire.Encode(new InferRequest("m", 0, [Tensor.Of("x", TensorType.Uint8, [3], new byte[] { 1, 2, 3 })], []));

        var tensor = Wire.Decode<InferRequest>(bytes).Inputs[0];
        bytes[Array.IndexOf(bytes, (byte)1, bytes.Length - 5)] = 9;

        Assert.Equal([9, 2, 3], tensor.As<byte>().ToArray());
    }

    [Fact]
    public void Elements_OfBytes_InAnyPieces_AreThoseGiven() =>
        Prop.ForAll(Lengths.ToArbitrary(), ArbMap.Default.ArbFor<byte[][]>(), (lengths, elements) =>
        {
            byte[] data = [.. elements.SelectMany(element => (byte[])[.. BitConverter.GetBytes(element.Length), .. element])];
            var tensor = new Tensor("x", TensorType.Bytes, [elements.Length], Pieces.Of(data, lengths)).Checked();
            var read = new List<byte[]>();
            foreach (var element in new BytesElements(tensor.Data))
            {
                read.Add(element.ToArray());
            }

            return read.Zip(elements).All(pair => pair.First.SequenceEqual(pair.Second)) && read.Count == elements.Length;
        }).QuickCheckThrowOnFailure();
}
