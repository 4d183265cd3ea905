using Hybrid.GpuHost.Execution.Sessions;
using Hybrid.Onnx;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Hybrid.GpuHost.Execution.Optimized;

/// <summary>Lets the runtime write what it makes of a graph, and looks at what it wrote.</summary>
internal static class OptimizedGraph
{
    public const string FileName = "model.onnx";

    private const string DataFileName = "model.onnx_data";

    // Bytes. Smaller weights stay in the graph, and are each session's own.
    private const string ExternalFrom = "1024";

    /// <summary>Writes graph and weights into <paramref name="folder"/>. It takes as much memory as opening the model does.</summary>
    /// <exception cref="InvalidDataException">
    /// The runtime cannot write this graph, or what it wrote is not the same model.
    /// </exception>
    public static void Write(string modelPath, string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var before = Open(modelPath, options =>
            {
                options.OptimizedModelFilePath = path;
                options.AddSessionConfigEntry("session.optimized_model_external_initializers_file_name", DataFileName);
                options.AddSessionConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", ExternalFrom);
                options.AddSessionConfigEntry("session.save_external_prepacked_constant_initializers", "1");
            });
            CheckWeights(path, Path.Combine(folder, DataFileName));
            if (Open(path, _ => { }) != before)
            {
                throw new InvalidDataException("written by the runtime it has other inputs or outputs.");
            }
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"the runtime cannot write it, or not read what it wrote: {exception.Message}", exception);
        }
    }

    // The signature as text: its records hold lists, which are compared as objects.
    private static string Open(string path, Action<SessionOptions> configure)
    {
        // One thread: models that are being served need the others.
        using var options = SessionSettings.Create(ExecutionDevice.Cpu, new ExecutionOptions(), threads: 1, processors: null);
        configure(options);
        using var session = new InferenceSession(path, options);
        var signature = ModelSignature.Of(session);
        return string.Join('\n', signature.Inputs.Concat(signature.Outputs).Select(spec =>
            $"{spec.Name} {spec.Type} [{string.Join(',', spec.Shape)}] [{string.Join(',', spec.Symbols)}]"));
    }

    // A disk that fills up in the middle leaves a file that is too short; so does a runtime that writes other pieces than it names.
    private static void CheckWeights(string path, string dataPath)
    {
        var length = File.Exists(dataPath) ? new FileInfo(dataPath).Length : throw new InvalidDataException("it has no weight large enough to be mapped.");
        var broken = ExternalTensor.ReadAll(path).FirstOrDefault(tensor =>
            tensor.File != DataFileName || tensor.Prepacked.Append(new FileRange(tensor.Offset, tensor.Length)).Any(range => range.End > length));
        if (broken is not null)
        {
            throw new InvalidDataException($"the weight '{broken.Name}' does not lie in what the runtime wrote.");
        }
    }
}
