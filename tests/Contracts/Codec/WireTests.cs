using FsCheck;
using FsCheck.Fluent;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;

namespace Hybrid.Contracts.Tests.Codec;

public sealed class WireTests
{
    [Fact]
    public void EveryType_ThereAndBack_GivesTheSameBytes() =>
        Assert.All(Samples.All, sample => Assert.Equal(sample.Bytes, sample.DecodeAndEncode(new(sample.Bytes))));

    [Fact]
    public void EveryType_CutAnywhere_IsAnInvalidRequest() =>
        Assert.All(Samples.All, sample =>
        {
            for (var length = 0; length < sample.Bytes.Length; length++)
            {
                AssertInvalid(sample, sample.Bytes.AsMemory(0, length));
            }
        });

    [Fact]
    public void EveryType_WithBytesAfterIt_IsAnInvalidRequest() =>
        Assert.All(Samples.All, sample => AssertInvalid(sample, (byte[])[.. sample.Bytes, 0xc0]));

    [Fact]
    public void EveryType_WithAnyByteChanged_IsReadOrInvalid() =>
        Assert.All(Samples.All, sample =>
        {
            for (var i = 0; i < sample.Bytes.Length; i++)
            {
                foreach (var value in new byte[] { 0x00, 0x7f, 0x80, 0x9f, 0xc0, 0xc1, 0xc6, 0xdb, 0xdd, 0xdf, 0xff })
                {
                    byte[] changed = [.. sample.Bytes];
                    changed[i] = value;
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    var error = Record.Exception(() => sample.DecodeAndEncode(new(changed)));

                    // Whatever a changed length promises: no more than a short message is worth, and what an exception takes.
                    Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 10);
                    Assert.True(error is null or HybridException { Error.Code: ErrorCode.InvalidRequest }, $"{sample.Name}[{i}] = {value:x2}: {error}");
                }
            }
        });

    [Fact]
    public void EveryType_OfRandomBytes_IsReadOrInvalid() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Samples.All.All(sample =>
            Record.Exception(() => sample.DecodeAndEncode(new(bytes))) is null or HybridException { Error.Code: ErrorCode.InvalidRequest }))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Reply_FromAnOlderWriter_HasNoTokenCounts()
    {
        // Seven fields, of which the last is nil: without it, what a host wrote before there was one.
        var bytes = Wire.Encode(new EmbedReply("m", 1, 1, new[] { 1f }, 3, default));
        byte[] older = [0x96, .. bytes.AsSpan(1, bytes.Length - 2)];

        Assert.Equal((0x97, 0xc0), (bytes[0], bytes[^1]));
        Assert.Null(Wire.Decode<EmbedReply>(older).TokenCounts);
    }

    [Fact]
    public void Record_FromANewerWriter_SkipsTheFieldsItDoesNotKnow()
    {
        var known = Wire.Encode(new ContextDocument("title", "text"));
        byte[] newer = [0x94, .. known.AsSpan(1), 0xc3, 0x92, 0x01, 0x02];

        Assert.Equal(new ContextDocument("title", "text"), Wire.Decode<ContextDocument>(newer));
    }

    [Fact]
    public void EmbedRequest_AnyTexts_ComeBack() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>[]>(), texts =>
        {
            string[] valid = [.. texts.Select(text => text.Get).Where(IsUnicode)];
            var back = Wire.Decode<EmbedRequest>(Wire.Encode(new EmbedRequest("m", [.. valid.Select(text => (EmbedInput)text)])));
            return back.Inputs.Select(input => input.Text).SequenceEqual(valid);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void EmbedReply_AnyVectors_ComeBackBitForBit() =>
        Prop.ForAll(ArbMap.Default.ArbFor<float[]>(), values =>
        {
            var reply = Wire.Decode<EmbedReply>(Wire.Encode(new EmbedReply("m", 1, 1, values, 0, default)));
            return reply.Vectors.ToArray().Select(BitConverter.SingleToUInt32Bits).SequenceEqual(values.Select(BitConverter.SingleToUInt32Bits));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void EmbedReply_OfADimensionThatDoesNotDivide_IsInvalid()
    {
        var bytes = Wire.Encode(new EmbedReply("m", 1, 2, new float[3], 0, default));

        var error = Assert.Throws<HybridException>(() => Wire.Decode<EmbedReply>(bytes));

        Assert.Contains("3 values", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensor_WithFewerBytesThanItsShape_IsInvalidAndNamesBoth()
    {
        var bytes = Wire.Encode(new InferRequest("m", 1, [new Tensor("x", TensorType.Fp32, [2, 3], new byte[20])], []));

        var error = Assert.Throws<HybridException>(() => Wire.Decode<InferRequest>(bytes));

        Assert.Contains("needs 24 bytes, but 20 came", error.Message, StringComparison.Ordinal);
        Assert.Equal("x", error.Error.Param);
    }

    [Fact]
    public void EmbedReply_Of768Dimensions_TakesFourBytesAValueAndAFewMore()
    {
        var bytes = Wire.Encode(new EmbedReply("m", 1, 768, new float[768], 0, default));

        Assert.InRange(bytes.Length, 768 * 4, (768 * 4) + 24);
    }

    private static bool IsUnicode(string text) => !text.Any(char.IsSurrogate);

    private static void AssertInvalid(WireSample sample, ReadOnlyMemory<byte> bytes)
    {
        var error = Assert.Throws<HybridException>(() => sample.DecodeAndEncode(new(bytes)));
        Assert.Equal(ErrorCode.InvalidRequest, error.Error.Code);
    }
}
