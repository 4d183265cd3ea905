using System.IO.MemoryMappedFiles;
using Hybrid.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Hybrid.GpuHost.Execution.Sessions;

/// <summary>
/// The weights of a model, mapped once for all sessions on it, and what the runtime makes of them for its kernels, made once. It must outlive
/// the sessions.
/// </summary>
internal sealed class SharedWeights : IDisposable
{
    private readonly Dictionary<string, MappedFile> _files = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, OrtValue>> _weights = [];

    private SharedWeights()
    {
    }

    /// <summary>The forms of the weights that kernels want, shared by the sessions that are opened with it.</summary>
    public PrePackedWeightsContainer Prepacked { get; } = new();

    /// <summary>Maps the weights that lie beside the model. Those inside of it are each session's own.</summary>
    /// <returns>
    /// Null: what kernels want lies in the files too. Each session then maps all that it uses by itself, and the system has it in memory once;
    /// mapped by us, the sessions would make those forms again.
    /// </returns>
    /// <exception cref="InvalidDataException">A weight is not where the model says.</exception>
    public static SharedWeights? Map(string modelPath)
    {
        var tensors = ExternalTensor.ReadAll(modelPath);
        if (tensors.Any(tensor => tensor.Prepacked.Count > 0))
        {
            return null;
        }

        var shared = new SharedWeights();
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!;
            foreach (var tensor in tensors)
            {
                shared.Add(folder, tensor);
            }

            return shared;
        }
        catch
        {
            shared.Dispose();
            throw;
        }
    }

    public void AddTo(SessionOptions options)
    {
        foreach (var (name, value) in _weights)
        {
            options.AddInitializer(name, value);
        }
    }

    public void Dispose()
    {
        _weights.ForEach(weight => weight.Value.Dispose());
        Prepacked.Dispose();
        foreach (var file in _files.Values)
        {
            file.Dispose();
        }
    }

    private void Add(string folder, ExternalTensor tensor)
    {
        // A model names the file; it may name none outside of its folder.
        var path = Path.GetFullPath(Path.Combine(folder, tensor.File));
        if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(path))
        {
            throw new InvalidDataException($"The weight '{tensor.Name}' lies in '{tensor.File}', which is no file in the model's folder.");
        }

        if (!_files.TryGetValue(path, out var file))
        {
            _files.Add(path, file = new MappedFile(path));
        }

        if (tensor.Length > 0 && tensor.Offset + tensor.Length <= file.Length)
        {
            var value = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, (TensorElementType)tensor.Type, [.. tensor.Shape], file.At(tensor.Offset), tensor.Length);
            _weights.Add(new(tensor.Name, value));
            return;
        }

        throw new InvalidDataException($"The weight '{tensor.Name}' is {tensor.Length} bytes at {tensor.Offset} of '{tensor.File}', which has {file.Length}.");
    }

    private sealed unsafe class MappedFile : IDisposable
    {
        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _view;
        private readonly byte* _pointer;

        public MappedFile(string path)
        {
            Length = new FileInfo(path).Length;
            _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
            _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
        }

        public long Length { get; }

        public nint At(long offset) => (nint)(_pointer + _view.PointerOffset + offset);

        public void Dispose()
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }
}
