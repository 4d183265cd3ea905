using Hybrid.GpuHost.Execution;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Tests.Generation;

/// <summary>A real engine behind a gate: a test sees each run begin, and says when it goes on or that it fails.</summary>
internal sealed class GatedEngine(IInferenceEngine engine) : IInferenceEngine
{
    private readonly List<long[]> _shapes = [];
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _gate = new(0);
    private volatile bool _open = true;
    private Exception? _failure;

    public ExecutionDevice Device => engine.Device;

    public ModelSignature Signature => engine.Signature;

    /// <summary>[rows, columns] of each run's tokens, in order.</summary>
    public IReadOnlyList<long[]> Shapes
    {
        get
        {
            lock (_shapes)
            {
                return [.. _shapes];
            }
        }
    }

    /// <summary>From now on every run waits until it is let through.</summary>
    public void Close() => _open = false;

    /// <summary>Lets runs through that wait and all that come.</summary>
    public void Open()
    {
        _open = true;
        _gate.Release();
    }

    public void LetThrough() => _gate.Release();

    /// <summary>The next run ends like this.</summary>
    public void Fail(Exception exception) => _failure = exception;

    /// <summary>Until a run waits at the gate.</summary>
    public Task RunBeginsAsync() => _begun.WaitAsync(TestContext.Current.CancellationToken);

    public IDisposableReadOnlyCollection<OrtValue> Run(
        IReadOnlyCollection<string> inputNames,
        IReadOnlyCollection<OrtValue> inputs,
        IReadOnlyCollection<OutputRequest> outputs,
        CancellationToken cancellationToken)
    {
        lock (_shapes)
        {
            _shapes.Add(inputs.First().GetTensorTypeAndShape().Shape);
        }

        if (!_open)
        {
            _begun.Release();
            _gate.Wait(cancellationToken);
        }

        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            throw failure;
        }

        return engine.Run(inputNames, inputs, outputs, cancellationToken);
    }

    public IEngineInstance CreateInstance(IReadOnlyList<string> outputs) => engine.CreateInstance(outputs);

    public void Dispose()
    {
        engine.Dispose();
        _begun.Dispose();
        _gate.Dispose();
    }
}
