using System.Globalization;
using Hybrid.Onnx.Schema;

namespace Hybrid.Onnx;

/// <summary>A weight that lies in a file beside its model.</summary>
/// <param name="Name">The initializer's name in the graph.</param>
/// <param name="Type">Element type, by ONNX's number.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="File">The file's name, relative to the model's folder, as the model has it: unchecked.</param>
/// <param name="Offset">Where in the file it begins.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Prepacked">Where in the same file ONNX Runtime keeps it as its kernels want it; empty: nowhere.</param>
public sealed record ExternalTensor(
    string Name, int Type, IReadOnlyList<long> Shape, string File, long Offset, long Length, IReadOnlyList<FileRange> Prepacked)
{
    // key|offset;length;checksum|offset;length;checksum…
    private const string PrepackedKey = "prepacked";

    /// <summary>All of a model's; those that lie in the model itself are not among them.</summary>
    /// <exception cref="InvalidDataException">The file is no model, or says nonsense of a weight.</exception>
    public static IReadOnlyList<ExternalTensor> ReadAll(string modelPath)
    {
        try
        {
            using var stream = System.IO.File.OpenRead(modelPath);
            return [.. ModelProto.Parser.ParseFrom(stream).Graph.Initializer
                .Where(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External).Select(Of)];
        }
        catch (Exception exception) when (exception is Google.Protobuf.InvalidProtocolBufferException or FormatException or OverflowException or NullReferenceException)
        {
            throw new InvalidDataException($"{Path.GetFileName(modelPath)} is no readable model: {exception.Message}", exception);
        }
    }

    private static ExternalTensor Of(TensorProto tensor)
    {
        var entries = tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        return entries.TryGetValue("location", out var location)
            ? new ExternalTensor(
                tensor.Name, tensor.DataType, [.. tensor.Dims], location, Number(entries, "offset"), Number(entries, "length"), [.. PrepackedOf(entries)])
            : throw new InvalidDataException($"The weight '{tensor.Name}' has no location.");
    }

    private static IEnumerable<FileRange> PrepackedOf(Dictionary<string, string> entries) =>
        entries.Where(entry => entry.Key.StartsWith(PrepackedKey, StringComparison.Ordinal))
            .SelectMany(entry => entry.Value.Split('|').Skip(1))
            .Select(blob => blob.Split(';'))
            .Where(fields => fields.Length == 3)
            .Select(fields => new FileRange(Number(fields[0]), Number(fields[1])));

    private static long Number(Dictionary<string, string> entries, string key) => entries.TryGetValue(key, out var value) ? Number(value) : 0;

    private static long Number(string value) => long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
}

/// <summary>A piece of a file.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct FileRange(long Offset, long Length)
{
    public long End => checked(Offset + Length);
}
