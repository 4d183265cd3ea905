using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Hybrid.GpuHost.Execution.Sessions;

/// <summary>The sessions of one model, over one copy of its weights.</summary>
internal sealed class SessionPool : IDisposable
{
    private readonly SharedWeights? _weights;
    private readonly List<InferenceSession> _sessions = [];
    private int _next;

    /// <param name="modelPath">The graph.</param>
    /// <param name="count">How many.</param>
    /// <param name="options">The same for each; the caller disposes them.</param>
    public SessionPool(string modelPath, int count, SessionOptions options)
    {
        try
        {
            // One alone has nobody to share with, and the runtime maps the weights by itself.
            if (count > 1)
            {
                _weights = SharedWeights.Map(modelPath);
                _weights?.AddTo(options);
            }

            for (var i = 0; i < count; i++)
            {
                _sessions.Add(_weights is null ? new InferenceSession(modelPath, options) : new InferenceSession(modelPath, options, _weights.Prepacked));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A pool of a session that is there.</summary>
    public SessionPool(InferenceSession session) => _sessions.Add(session);

    public InferenceSession First => _sessions[0];

    /// <summary>For a further instance: each in turn.</summary>
    public InferenceSession Next() => _sessions[_next++ % _sessions.Count];

    public void Dispose()
    {
        _sessions.ForEach(session => session.Dispose());
        _weights?.Dispose();
    }
}
