using System.Globalization;
using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tensors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>An inference request as the protocol has it.</summary>
/// <param name="Id">The client's own name for it, given back.</param>
/// <param name="Inputs">The tensors.</param>
/// <param name="Outputs">What is wanted, in order; empty: everything.</param>
/// <param name="BinaryOutputs">Whether an output that says nothing of its form comes as bytes.</param>
public sealed record InferCall(string? Id, IReadOnlyList<Tensor> Inputs, IReadOnlyList<InferCall.Output> Outputs, bool BinaryOutputs)
{
    /// <summary>Length of the JSON before the bytes of the binary tensor extension.</summary>
    public const string HeaderLength = "Inference-Header-Content-Length";

    public IReadOnlyList<string> OutputNames => [.. Outputs.Select(output => output.Name)];

    /// <summary>Whether this output goes behind the JSON.</summary>
    public bool IsBinary(string output) => Outputs.FirstOrDefault(wanted => wanted.Name == output).Binary ?? BinaryOutputs;

    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: it is no such request.</exception>
    public static InferCall Read(ReadOnlyMemory<byte> body, string headerLength)
    {
        var json = headerLength.Length == 0 ? body : body[..LengthOf(headerLength, body.Length)];
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement, new BinaryTail(body[json.Length..]));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new HybridException(new Error(ErrorCode.InvalidRequest, $"The body is no inference request: {exception.Message}"), exception);
        }
    }

    private static InferCall Read(JsonElement root, BinaryTail tail)
    {
        var inputs = root.GetProperty("inputs").EnumerateArray().Select(input => ReadTensor(input, tail)).ToList();
        tail.CheckUsedUp();
        return new InferCall(
            root.TryGetProperty("id", out var id) ? id.GetString() : null,
            inputs,
            root.TryGetProperty("outputs", out var outputs) ? [.. outputs.EnumerateArray().Select(ReadOutput)] : [],
            Flag(root, "binary_data_output") ?? false);
    }

    private static Tensor ReadTensor(JsonElement input, BinaryTail tail)
    {
        var name = input.GetProperty("name").GetString() ?? throw new FormatException("an input's name is null.");
        var type = TensorTypes.Parse(input.GetProperty("datatype").GetString() ?? "");
        long[] shape = [.. input.GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt64())];
        if (Parameter(input, "binary_data_size") is { } size)
        {
            return new Tensor(name, type, shape, tail.Take(size.GetInt32(), name)).Checked();
        }

        var tensor = new Tensor(name, type, shape, ReadOnlyMemory<byte>.Empty);
        return tensor with { Data = new(JsonTensorData.Read(input.GetProperty("data"), tensor)) };
    }

    private static Output ReadOutput(JsonElement output) =>
        new(output.GetProperty("name").GetString() ?? throw new FormatException("an output's name is null."), Flag(output, "binary_data"));

    private static bool? Flag(JsonElement element, string name) => Parameter(element, name)?.GetBoolean();

    private static JsonElement? Parameter(JsonElement element, string name) =>
        element.TryGetProperty("parameters", out var parameters) && parameters.TryGetProperty(name, out var value) ? value : null;

    private static int LengthOf(string header, int bodyLength) =>
        int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= bodyLength
            ? length
            : throw new HybridException(ErrorCode.InvalidRequest, $"{HeaderLength} is '{header}', but the body has {bodyLength} bytes.", HeaderLength);

    /// <summary>An output that is wanted.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Binary">As bytes or as JSON; null: as the request says for all.</param>
    public readonly record struct Output(string Name, bool? Binary);

    /// <summary>The bytes behind the JSON, taken from by one input after the other.</summary>
    private sealed class BinaryTail(ReadOnlyMemory<byte> rest)
    {
        private ReadOnlyMemory<byte> _rest = rest;

        public ReadOnlyMemory<byte> Take(int size, string name)
        {
            if (size < 0 || size > _rest.Length)
            {
                throw new HybridException(ErrorCode.InvalidRequest, $"Input '{name}' wants {size} bytes behind the JSON, where {_rest.Length} are left.", name);
            }

            var taken = _rest[..size];
            _rest = _rest[size..];
            return taken;
        }

        public void CheckUsedUp()
        {
            if (_rest.Length > 0)
            {
                throw new HybridException(ErrorCode.InvalidRequest, $"{_rest.Length} bytes behind the JSON belong to no input.");
            }
        }
    }
}
