using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tensors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>Reads an inference request in one pass over the body, in as many pieces as it came. Fields may come in any order.</summary>
public static class InferCallReader
{
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: it is no such request.</exception>
    public static InferCall Read(in ReadOnlySequence<byte> body, string headerLength)
    {
        var json = headerLength.Length == 0 ? body : body.Slice(0, LengthOf(headerLength, body.Length));
        try
        {
            var reader = new Utf8JsonReader(json);
            return Read(ref reader, new BinaryTail(body.Slice(json.Length)));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new HybridException(new Error(ErrorCode.InvalidRequest, $"The body is no inference request: {exception.Message}"), exception);
        }
    }

    private static InferCall Read(ref Utf8JsonReader reader, BinaryTail tail)
    {
        string? id = null;
        List<Tensor>? inputs = null;
        List<InferCall.Output> outputs = [];
        InferParameters parameters = default;
        for (reader.BeginObject("it"); reader.NextField();)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.GetString();
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                parameters = InferParameters.Read(ref reader);
            }
            else if (reader.ValueTextEquals("inputs"u8))
            {
                inputs ??= [];
                for (reader.BeginArray("inputs"); reader.NextItem();)
                {
                    inputs.Add(ReadInput(ref reader, ref tail));
                }
            }
            else if (reader.ValueTextEquals("outputs"u8))
            {
                for (reader.BeginArray("outputs"); reader.NextItem();)
                {
                    outputs.Add(ReadOutput(ref reader));
                }
            }
            else
            {
                reader.Skip();
            }
        }

        // Anything behind the object is an error here.
        reader.Read();
        tail.CheckUsedUp();
        return new InferCall(
            id, inputs ?? throw new FormatException("it has no inputs."), outputs, parameters.BinaryDataOutput ?? false, parameters.Schedule);
    }

    private static Tensor ReadInput(ref Utf8JsonReader reader, ref BinaryTail tail)
    {
        string? name = null;
        TensorType? type = null;
        long[]? shape = null;
        Utf8JsonReader data = default;
        byte[]? elements = null;
        InferParameters parameters = default;
        for (reader.BeginObject("an input"); reader.NextField();)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                name = reader.NextText("an input's name");
            }
            else if (reader.ValueTextEquals("datatype"u8))
            {
                type = TensorTypes.Parse(reader.NextText("a datatype"));
            }
            else if (reader.ValueTextEquals("shape"u8))
            {
                shape = ReadShape(ref reader);
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                parameters = InferParameters.Read(ref reader);
            }
            else if (reader.ValueTextEquals("data"u8) && name is not null && type is { } elementType && shape is not null)
            {
                elements = JsonTensorReader.Read(ref reader, new Tensor(name, elementType, shape, ReadOnlySequence<byte>.Empty));
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                // What tells how to read it comes behind it: look again then.
                data = reader;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        var tensor = new Tensor(
            name ?? throw new FormatException("an input has no name."),
            type ?? throw new FormatException($"input '{name}' has no datatype."),
            shape ?? throw new FormatException($"input '{name}' has no shape."),
            ReadOnlySequence<byte>.Empty);
        if (parameters.BinaryDataSize is { } size)
        {
            return (tensor with { Data = tail.Take(size, name) }).Checked();
        }

        if (elements is null && data.TokenType == JsonTokenType.None)
        {
            throw new FormatException($"input '{name}' has no data.");
        }

        return tensor with { Data = new(elements ?? JsonTensorReader.Read(ref data, tensor)) };
    }

    private static long[] ReadShape(ref Utf8JsonReader reader)
    {
        var shape = new List<long>();
        for (reader.BeginArray("a shape"); reader.NextItem();)
        {
            shape.Add(reader.GetInt64());
        }

        return [.. shape];
    }

    private static InferCall.Output ReadOutput(ref Utf8JsonReader reader)
    {
        string? name = null;
        InferParameters parameters = default;
        for (reader.BeginObject("an output"); reader.NextField();)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                name = reader.NextText("an output's name");
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                parameters = InferParameters.Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return new InferCall.Output(name ?? throw new FormatException("an output has no name."), parameters.BinaryData);
    }

    private static long LengthOf(string header, long bodyLength) =>
        long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= bodyLength
            ? length
            : throw new HybridException(
                ErrorCode.InvalidRequest, $"{InferCall.HeaderLength} is '{header}', but the body has {bodyLength} bytes.", InferCall.HeaderLength);
}
