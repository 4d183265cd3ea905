using Google.Protobuf;
using Hybrid.Onnx.Schema;

namespace Hybrid.Onnx;

/// <summary>A finished model: bytes for a session in memory, or files.</summary>
public sealed class OnnxModel
{
    private readonly ModelProto _proto;

    internal OnnxModel(ModelProto proto) => _proto = proto;

    /// <summary>The whole model as one protobuf message; at most 2 GiB.</summary>
    public byte[] ToBytes() => _proto.ToByteArray();

    /// <summary>Writes the whole model to one file.</summary>
    public Task WriteAsync(string path, CancellationToken cancellationToken) =>
        File.WriteAllBytesAsync(path, ToBytes(), cancellationToken);

    /// <summary>
    /// Writes the model with its larger weights in a file beside it, <c>&lt;path&gt;_data</c>, as exporters do for large models: a runtime
    /// maps such weights instead of reading them.
    /// </summary>
    /// <param name="path">The model's file.</param>
    /// <param name="threshold">Bytes from which an initializer goes to the data file.</param>
    /// <param name="cancellationToken">Stops the writing; the files are then unfinished.</param>
    public async Task WriteWithExternalDataAsync(string path, int threshold, CancellationToken cancellationToken)
    {
        var model = _proto.Clone();
        var data = new FileStream(path + "_data", FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16, useAsync: true);
        await using (data.ConfigureAwait(false))
        {
            foreach (var tensor in model.Graph.Initializer.Where(tensor => tensor.RawData.Length >= threshold))
                await MoveOutAsync(tensor, data, cancellationToken).ConfigureAwait(false);
        }

        await File.WriteAllBytesAsync(path, model.ToByteArray(), cancellationToken).ConfigureAwait(false);
    }

    private static async Task MoveOutAsync(TensorProto tensor, FileStream data, CancellationToken cancellationToken)
    {
        // A mapping begins on a page: an offset that does not would make the runtime read the weights into memory of its own.
        const long Page = 4096;
        data.SetLength(data.Position + (Page - data.Position % Page) % Page);
        data.Position = data.Length;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = Path.GetFileName(data.Name) });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{data.Position}" });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = $"{tensor.RawData.Length}" });
        await data.WriteAsync(tensor.RawData.Memory, cancellationToken).ConfigureAwait(false);
        tensor.RawData = ByteString.Empty;
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
    }
}
