using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Endpoints.OpenInference;
using Hybrid.Testing;

namespace Hybrid.GpuHost.Tests.Endpoints.OpenInference;

public sealed class InferCallReaderTests
{
    private static readonly Gen<int[]> Lengths = Gen.Choose(1, 30).NonEmptyListOf().Select(lengths => lengths.ToArray());

    // Bytes that JSON has a meaning for.
    private static readonly byte[] Meaningful = [.. "{}[]\",:-0e.\\tn"u8];

    private static readonly TensorType[] JsonTypes = [.. Enum.GetValues<TensorType>().Except([TensorType.Fp16])];

    [Fact]
    public void Tensor_OfAnyTypeAsJson_InAnyPieces_ComesBackBitForBit() =>
        Prop.ForAll(Gen.Elements(JsonTypes).SelectMany(TensorOf).ToArbitrary(), Lengths.ToArbitrary(), (tensor, lengths) =>
        {
            var body = Body(tensor, out _, binary: false);
            var read = InferCallReader.Read(Pieces.Of(body, lengths), "").Inputs.Single();
            return Same(tensor, read);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Tensor_OfAnyTypeAsBytes_InAnyPieces_ComesBackInPlace() =>
        Prop.ForAll(Gen.Elements(Enum.GetValues<TensorType>()).SelectMany(TensorOf).ToArbitrary(), Lengths.ToArbitrary(), (tensor, lengths) =>
        {
            var body = Body(tensor, out var header, binary: true);
            var read = InferCallReader.Read(Pieces.Of(body, lengths), $"{header}").Inputs.Single();
            return Same(tensor, read);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Body_SpoiltAndInPieces_IsReadOrInvalid() =>
        Prop.ForAll(Gen.Elements(JsonTypes).SelectMany(TensorOf).ToArbitrary(), Lengths.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (tensor, lengths, seed) =>
        {
            var dice = new Random(seed);
            var binary = dice.Next(2) == 0;
            var body = Body(tensor, out var header, binary);
            for (var i = dice.Next(1, 4); i > 0; i--)
            {
                body[dice.Next(body.Length)] = dice.Next(3) == 0 ? (byte)dice.Next(256) : Meaningful[dice.Next(Meaningful.Length)];
            }

            var error = Record.Exception(() => InferCallReader.Read(Pieces.Of(body.AsMemory(0, dice.Next(body.Length + 1)), lengths), binary ? $"{header}" : ""));
            Assert.True(error is null or HybridException { Error.Code: ErrorCode.InvalidRequest }, $"{error}");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Fields_InAnyOrder_AreRead()
    {
        var call = Read("""
            {"outputs":[{"parameters":{"binary_data":true},"name":"y"},{"name":"z"}],"other":[{"x":1}],"parameters":{"binary_data_output":false,"mine":{"a":[1]}},
             "inputs":[{"data":[[1,2],[3,4]],"parameters":{"mine":"x"},"shape":[2,2],"datatype":"INT16","name":"x"}],"id":"7"}
            """);

        Assert.Equal("7", call.Id);
        Assert.Equal([1, 2, 3, 4], call.Inputs.Single().As<short>().ToArray());
        Assert.Equal((true, false, false), (call.IsBinary("y"), call.IsBinary("z"), call.IsBinary("w")));
    }

    [Theory]
    [InlineData("""{"priority":3,"timeout":2500}""", 3, 2500L)]
    [InlineData("""{"priority":0,"timeout":0}""", 0, 0L)]
    [InlineData("""{"timeout":9223372036854775807}""", 0, 86_400_000_000L)]
    [InlineData("{}", 0, 0L)]
    public void Parameters_OfSchedulePolicy_AreRead(string parameters, int priority, long microseconds)
    {
        var call = Read($$"""{"inputs":[],"parameters":{{parameters}}}""");

        Assert.Equal((priority, microseconds), (call.Schedule.Priority, call.Schedule.TimeoutMicroseconds));
    }

    [Theory]
    [InlineData("""{"inputs":[],"parameters":{"priority":-1}}""", "priority")]
    [InlineData("""{"inputs":[],"parameters":{"timeout":1.5}}""", "timeout")]
    [InlineData("""{"inputs":[],"parameters":{"timeout":"5"}}""", "timeout")]
    [InlineData("""{"inputs":[],"parameters":{"binary_data_output":1}}""", "boolean")]
    [InlineData("""{"inputs":[],"parameters":5}""", "parameters is no object")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32"}]}""", "'x' has no data")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","data":[1]}]}""", "'x' has no shape")]
    [InlineData("""{"inputs":[{"shape":[1],"datatype":"FP32","data":[1]}]}""", "no name")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"INT8","data":[1,128]}]}""", "element 1 is no INT8")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,true]}]}""", "'True'")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,"NaN"]}]}""", "element 1 is no FP32")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"BOOL","data":[true,0]}]}""", "element 1 is no BOOL")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1],"datatype":"BYTES","data":[null]}]}""", "element 0 is no string")]
    [InlineData("""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2,3]}]}""", "needs 2 elements, but 3 came")]
    [InlineData("""{"inputs":[]} {}""", "inference request")]
    [InlineData("""{"inputs":[],"outputs":[{}]}""", "an output has no name")]
    public void Request_Wrong_SaysWhat(string body, string what)
    {
        var error = Assert.Throws<HybridException>(() => Read(body));

        Assert.Equal(ErrorCode.InvalidRequest, error.Error.Code);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_ThatOnlyPromises_AllocatesLittle()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<HybridException>(() => Read("""{"inputs":[{"name":"x","shape":[2000000000],"datatype":"FP64","data":[1]}]}"""));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 10);
    }

    private static Gen<Tensor> TensorOf(TensorType type) => type switch
    {
        TensorType.Bytes => ArbMap.Default.GeneratorFor<NonNull<string>[]>().Select(texts =>
        {
            var elements = texts.Select(text => Encoding.UTF8.GetBytes(string.Concat(text.Get.Where(c => !char.IsSurrogate(c))))).ToArray();
            return new Tensor("x", type, [elements.Length], (byte[])[.. elements.SelectMany(element => (byte[])[.. BitConverter.GetBytes(element.Length), .. element])]);
        }),
        _ => Gen.Choose(0, 3000).SelectMany(count => Gen.Choose(0, int.MaxValue).Select(seed =>
        {
            var bytes = new byte[count * type.Size()];
            new Random(seed).NextBytes(bytes);
            for (var i = 0; i < count; i++)
            {
                if (type == TensorType.Bool)
                {
                    bytes[i] &= 1;
                }
                else if (type == TensorType.Fp32 && !float.IsFinite(BitConverter.ToSingle(bytes, i * 4)))
                {
                    bytes[(i * 4) + 3] = 0;
                }
                else if (type == TensorType.Fp64 && !double.IsFinite(BitConverter.ToDouble(bytes, i * 8)))
                {
                    bytes[(i * 8) + 7] = 0;
                }
            }

            return new Tensor("x", type, [count], bytes);
        })),
    };

    private static byte[] Body(Tensor tensor, out int headerLength, bool binary)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("inputs");
            writer.WriteStartObject();
            writer.WriteString("name", tensor.Name);
            writer.WriteString("datatype", tensor.Type.ToName());
            writer.WriteStartArray("shape");
            writer.WriteNumberValue(tensor.Shape[0]);
            writer.WriteEndArray();
            if (binary)
            {
                writer.WriteStartObject("parameters");
                writer.WriteNumber("binary_data_size", tensor.Data.Length);
                writer.WriteEndObject();
            }
            else
            {
                writer.WriteStartArray("data");
                JsonTensorWriter.Write(writer, tensor);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        headerLength = json.WrittenCount;
        return [.. json.WrittenSpan, .. binary ? tensor.As<byte>() : []];
    }

    private static bool Same(Tensor one, Tensor other) =>
        one.Name == other.Name && one.Type == other.Type && one.Shape.SequenceEqual(other.Shape) && one.As<byte>().SequenceEqual(other.As<byte>());

    private static InferCall Read(string body) => InferCallReader.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)), "");
}
