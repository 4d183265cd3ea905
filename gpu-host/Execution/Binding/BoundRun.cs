using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution.Binding;

/// <summary>
/// The inputs and outputs of runs with one set of shapes, bound once. Inputs are written into <see cref="Input"/> before the run; outputs stand in
/// <see cref="Output"/> until the next run of the same instance.
/// </summary>
public sealed class BoundRun : IDisposable
{
    private readonly BoundTensor[] _inputs;
    private readonly BoundTensor?[] _outputs;
    private readonly List<OrtValue> _inputValues = [];
    private readonly List<OrtValue> _outputValues = [];
    private OrtIoBinding? _binding;
    private IReadOnlyList<TensorSpec> _inputSpecs = [];
    private IReadOnlyList<TensorSpec> _outputSpecs = [];

    // What the runtime allocated, where the shape of an output shows only when it is computed.
    private IDisposableReadOnlyCollection<OrtValue>? _results;
    private bool _hasOpenOutput;

    internal BoundRun(BoundTensor[] inputs, BoundTensor?[] outputs)
    {
        _inputs = inputs;
        _outputs = outputs;
        foreach (var input in inputs)
        {
            InputBytes += HostBuffer.RoundUp(input.Bytes);
        }

        foreach (var output in outputs)
        {
            OutputBytes += output is null ? 0 : HostBuffer.RoundUp(output.Bytes);
        }
    }

    internal nuint InputBytes { get; }

    internal nuint OutputBytes { get; }

    /// <summary>When it was last used, in runs.</summary>
    internal long LastUsed { get; set; }

    /// <summary>The bytes of an input, in the order of the model's inputs.</summary>
    public Span<byte> Input(int index) => _inputs[index].Data;

    /// <summary>The bytes of an output, in the order of the instance's outputs.</summary>
    public ReadOnlySpan<byte> Output(int index) => _outputs[index] is { } output ? output.Data : _results![index].GetTensorMutableRawData();

    /// <summary>Its shape; the same list for every run of equal shapes where they follow from the inputs'.</summary>
    public IReadOnlyList<long> OutputShape(int index) => _outputs[index]?.Shape ?? _results![index].GetTensorTypeAndShape().Shape;

    internal void Place(OrtIoBinding binding, IReadOnlyList<TensorSpec> inputs, HostBuffer inputBuffer, IReadOnlyList<TensorSpec> outputs, HostBuffer outputBuffer)
    {
        (_binding, _inputSpecs, _outputSpecs) = (binding, inputs, outputs);
        nuint offset = 0;
        for (var i = 0; i < _inputs.Length; i++)
        {
            _inputValues.Add(_inputs[i].PlaceAt(inputBuffer, offset));
            offset += HostBuffer.RoundUp(_inputs[i].Bytes);
        }

        BindInputs();
        offset = 0;
        for (var i = 0; i < _outputs.Length; i++)
        {
            if (_outputs[i] is not { } output)
            {
                _hasOpenOutput = true;
                binding.BindOutputToDevice(outputs[i].Name, OrtMemoryInfo.DefaultInstance);
                continue;
            }

            var value = output.PlaceAt(outputBuffer, offset);
            _outputValues.Add(value);
            binding.BindOutput(outputs[i].Name, value);
            offset += HostBuffer.RoundUp(output.Bytes);
        }
    }

    /// <summary>Binds the inputs as they stand now: on a device that reads its own memory this is what copies them there.</summary>
    internal void BindInputs()
    {
        for (var i = 0; i < _inputValues.Count; i++)
        {
            _binding!.BindInput(_inputSpecs[i].Name, _inputValues[i]);
        }
    }

    /// <summary>Lets the runtime allocate the outputs: their shapes are not what the graph says.</summary>
    internal void OpenOutputs()
    {
        _binding!.ClearBoundOutputs();
        DisposeAll(_outputValues);
        Array.Clear(_outputs);
        _hasOpenOutput = true;
        foreach (var spec in _outputSpecs)
        {
            _binding.BindOutputToDevice(spec.Name, OrtMemoryInfo.DefaultInstance);
        }
    }

    internal void Run(InferenceSession session, RunOptions options)
    {
        _results?.Dispose();
        _results = null;
        session.RunWithBinding(options, _binding!);
        if (_hasOpenOutput)
        {
            _results = _binding!.GetOutputValues();
        }
    }

    public void Dispose()
    {
        _results?.Dispose();
        _results = null;
        _binding?.Dispose();
        DisposeAll(_inputValues);
        DisposeAll(_outputValues);
    }

    private static void DisposeAll(List<OrtValue> values)
    {
        values.ForEach(value => value.Dispose());
        values.Clear();
    }
}
