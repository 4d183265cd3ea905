using Hybrid.Onnx;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Hybrid.GpuHost.Tokenization.Subwords;

/// <summary>
/// One operator of the ONNX Runtime extensions as a function: a graph in memory with that one node. Its library is found as
/// <c>libortextensions</c> beside the program, where both the package and its stand-in put it.
/// </summary>
internal sealed class ExtensionOperator : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();

    /// <exception cref="InvalidDataException">The operator does not take these settings, e.g. a vocabulary that it cannot read.</exception>
    public ExtensionOperator(Action<GraphBuilder> build)
    {
        var graph = new GraphBuilder("tokenizer");
        build(graph);
        using var options = new SessionOptions
        {
            // One text is too little work to be shared, and requests already come in parallel.
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.RegisterOrtExtensions();
        try
        {
            _session = new InferenceSession(graph.Build().ToBytes(), options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"tokenizer.json cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>Runs the operator on a list of texts; further inputs as they are.</summary>
    public IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyList<string> texts, params ReadOnlySpan<OrtValue> others)
    {
        using var input = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [texts.Count]);
        for (var i = 0; i < texts.Count; i++)
        {
            // ONNX Runtime ends a text at a NUL.
            input.StringTensorSetElementAt(texts[i].Replace("\0", "", StringComparison.Ordinal).AsSpan(), i);
        }

        return _session.Run(_options, _session.InputNames, [input, .. others], _session.OutputNames);
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }
}
