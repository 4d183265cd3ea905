using System.Diagnostics;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>
/// The spans of sequences that are generated together: the <c>batch</c>, below it <c>prefill</c> and <c>decode</c>. Each of the two is many
/// runs of the session, far too many for spans of their own; their number is an attribute.
/// </summary>
internal sealed class GenerationSpans : IDisposable
{
    private readonly Activity _batch;
    private readonly TimeProvider _time;
    private string _phase = Prefill;
    private DateTimeOffset _begin;
    private int _runs;

    private GenerationSpans(Activity batch, TimeProvider time)
    {
        _batch = batch;
        _time = time;
        _begin = time.GetUtcNow();
    }

    private const string Prefill = "prefill";

    /// <returns>Null when nobody listens.</returns>
    public static GenerationSpans? Begin(ModelId model, int size, int tokens, IEnumerable<ActivityContext> requests, TimeProvider time)
    {
        if (!HostSpans.Source.HasListeners())
        {
            return null;
        }

        var current = Activity.Current;
        var batch = HostSpans.BeginBatch(model, size, tokens, requests);

        // It spans many turns of a loop that serves other batches too: it must not become the parent of theirs.
        Activity.Current = current;
        return batch is null ? null : new GenerationSpans(batch, time);
    }

    /// <summary>A run of the session ended.</summary>
    /// <param name="prefilled">The whole prompt has been read now, or had been before.</param>
    public void Ran(bool prefilled)
    {
        _runs++;
        if (prefilled && _phase == Prefill)
        {
            EndPhase();
            _phase = "decode";
        }
    }

    public void Dispose()
    {
        if (_runs > 0)
        {
            EndPhase();
        }

        _batch.Dispose();
    }

    private void EndPhase()
    {
        HostSpans.Source.StartActivity(_phase, ActivityKind.Internal, _batch.Context, startTime: _begin)?.SetTag("hybrid.session.runs", _runs).Dispose();
        _begin = _time.GetUtcNow();
        _runs = 0;
    }
}
