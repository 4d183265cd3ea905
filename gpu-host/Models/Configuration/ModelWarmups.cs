using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Models.Warmup;

namespace Hybrid.GpuHost.Models.Configuration;

/// <summary>Reads <c>model_warmup</c>.</summary>
internal sealed class ModelWarmups(ConfigurationFaults faults)
{
    private const int MostRuns = 1000;
    private const int LargestBatch = 4096;

    // Of one input; a warm-up that needs more is no warm-up.
    private const long MostElements = 1 << 26;

    private static readonly (string Word, TensorType Type)[] Types =
    [
        ("TYPE_BOOL", TensorType.Bool), ("TYPE_UINT8", TensorType.Uint8), ("TYPE_UINT16", TensorType.Uint16), ("TYPE_UINT32", TensorType.Uint32),
        ("TYPE_UINT64", TensorType.Uint64), ("TYPE_INT8", TensorType.Int8), ("TYPE_INT16", TensorType.Int16), ("TYPE_INT32", TensorType.Int32),
        ("TYPE_INT64", TensorType.Int64), ("TYPE_FP16", TensorType.Fp16), ("TYPE_FP32", TensorType.Fp32), ("TYPE_FP64", TensorType.Fp64),
        ("TYPE_STRING", TensorType.Bytes),
    ];

    /// <param name="messages">The file's.</param>
    /// <param name="maxBatchSize">The model's; over 0, shapes get the sample's batch as their first dimension.</param>
    public IReadOnlyList<WarmupSample> Read(IEnumerable<MessageReader> messages, int maxBatchSize) =>
        [.. messages.Select((message, index) => ReadSample(message, index, maxBatchSize))];

    private WarmupSample ReadSample(MessageReader message, int index, int maxBatchSize)
    {
        var name = message.Text("name") is { Length: > 0 } given ? given : $"{index + 1}";
        var batch = message.Number("batch_size", 0, LargestBatch) ?? 0;
        if (batch > maxBatchSize)
        {
            faults.Add(message.LineOf("batch_size"), $"model_warmup.batch_size is {batch}, over the model's max_batch_size {maxBatchSize}; lower the one or raise the other.");
        }

        // Triton's 0 for a model that batches is one row.
        var count = (int)Math.Max(1, message.Number("count", 0, MostRuns) ?? 1);
        var inputs = message.Messages("inputs").Select(entry => ReadInput(entry, maxBatchSize > 0 ? Math.Max(1, batch) : null)).OfType<WarmupInput>().ToList();
        if (inputs.Count == 0)
        {
            faults.Add(message.Line, $"model_warmup '{name}' has no inputs; give all that the model takes.");
        }

        message.End();
        return new WarmupSample(name, count, inputs);
    }

    private WarmupInput? ReadInput(MessageReader entry, long? batch)
    {
        var name = entry.Text("key");
        var value = entry.Message("value");
        entry.End();
        var type = value?.Word("data_type", Types);
        var dims = value?.Numbers("dims", 0, int.MaxValue).Select(dimension => dimension.Value).ToList() ?? [];
        var zero = value?.Flag("zero_data") == true;
        var random = value?.Flag("random_data") == true;
        var file = value?.Text("input_data_file");
        value?.End();
        if (name is null || value is null || type is null)
        {
            faults.Add(entry.Line, "model_warmup.inputs needs a key, the input's name, and a value with its data_type.");
            return null;
        }

        if (batch is { } rows)
        {
            dims.Insert(0, rows);
        }

        if (dims.Aggregate(1d, (product, dimension) => product * dimension) > MostElements)
        {
            faults.Add(value.LineOf("dims"), $"model_warmup.inputs.value.dims of '{name}' come to more than {MostElements} elements; warm up with fewer.");
        }

        // As in Triton zeros go before random data, and both before a file.
        var data = zero ? WarmupData.Zero : random ? WarmupData.Random : WarmupData.File;
        if (data == WarmupData.File && !IsFileName(file))
        {
            faults.Add(value.Line, $"model_warmup.inputs of '{name}' needs zero_data, random_data, or input_data_file with the plain name of a file in the folder warmup.");
        }

        return new WarmupInput(name, type.Value, dims, data, data == WarmupData.File ? file : null);
    }

    // It is joined to a path.
    private static bool IsFileName(string? name) =>
        name is { Length: > 0 and <= 255 } && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
