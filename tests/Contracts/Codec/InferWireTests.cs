using System.Buffers;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.Testing;

namespace Hybrid.Contracts.Tests.Codec;

public sealed class InferWireTests
{
    private static readonly byte[] Request = Wire.Encode(new InferRequest("identity", 0, [Tensor.Of("x", TensorType.Fp32, [1, 256], new float[256])], []));

    [Fact]
    public void Request_OfOneKibibyte_AllocatesItsObjectsAlone()
    {
        // The request, the list, the tensor and its shape: 48 + 32 + 64 + 40.
        Assert.InRange(Allocations.PerCall(() => Wire.Decode<InferRequest>(Request)), 1, 184);
        var pieces = Pieces.Of(Request, 500);
        Assert.InRange(Allocations.PerCall(() => Wire.Decode<InferRequest>(pieces)), 1, 184);
    }

    [Fact]
    public void Reply_OfAnOutputBuffer_IsWrittenWithoutAllocating()
    {
        var reply = new InferReply("identity", 1, [new Tensor("y", TensorType.Fp32, [1, 256], new byte[2048].AsMemory(512, 1024))], default);
        var buffer = new ArrayBufferWriter<byte>(4096);

        Assert.Equal(0, Allocations.PerCall(() =>
        {
            buffer.ResetWrittenCount();
            Wire.Encode(buffer, reply);
        }));
    }

    [Fact]
    public void Names_ThatComeAgain_AreTheSameString()
    {
        var (one, other) = (Wire.Decode<InferRequest>(Request), Wire.Decode<InferRequest>(Request));

        Assert.Same(one.Model, other.Model);
        Assert.Same(one.Inputs[0].Name, other.Inputs[0].Name);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0 }, "element 1 of 2 goes past the end")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff }, "element 1 of 2 goes past the end")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 7 }, "1 bytes after the last of 2")]
    public void Elements_ThatDoNotFitTheirShape_AreInvalid(byte[] data, string message)
    {
        var bytes = Wire.Encode(new InferRequest("m", 0, [new Tensor("label", TensorType.Bytes, [2], data)], []));

        var error = Assert.Throws<HybridException>(() => Wire.Decode<InferRequest>(bytes));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((ErrorCode.InvalidRequest, "label"), (error.Error.Code, error.Error.Param));
    }

    [Fact]
    public void List_ThatOnlyPromisesItsItems_AllocatesLittle()
    {
        // A million inputs are promised and as many bytes are there, but the second input is none.
        byte[] bytes = [0x93, 0xa1, (byte)'m', 0xdd, 0x00, 0x0f, 0xff, 0xff, 0xa1, (byte)'t', .. new byte[1 << 20]];
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<HybridException>(() => Wire.Decode<EmbedRequest>(bytes));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 10);
    }

    [Fact]
    public void List_OfMoreItemsThanAnyTaskTakes_IsRefused()
    {
        byte[] bytes = [0x93, 0xa1, (byte)'m', 0xdd, 0x00, 0x10, 0x00, 0x01, .. Enumerable.Repeat((byte)0xa0, (1 << 20) + 1), 0xc2];

        Assert.Contains("1048577 items", Assert.Throws<HybridException>(() => Wire.Decode<EmbedRequest>(bytes)).Message, StringComparison.Ordinal);
    }
}
