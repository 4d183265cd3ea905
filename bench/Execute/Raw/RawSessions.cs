using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.Bench.Execute.Raw;

/// <summary>The limit of what the runtime gives on this machine: loops that do nothing but run one batch in buffers that were bound once.</summary>
internal sealed class RawSessions : IDisposable
{
    private readonly InferenceSession[] _sessions;

    public RawSessions(string model, int count, int threads, bool spins)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", spins ? "1" : "0");
        _sessions = [.. Enumerable.Range(0, count).Select(_ => new InferenceSession(model, options))];
    }

    /// <summary>Texts per second of all sessions together.</summary>
    public double Measure(int batch, int tokens, TimeSpan time)
    {
        var rates = new double[_sessions.Length];
        using var together = new Barrier(_sessions.Length);
        Thread[] threads = [.. _sessions.Select((session, i) => new Thread(() => rates[i] = Loop(session, batch, tokens, time, together)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return rates.Sum();
    }

    public void Dispose() => Array.ForEach(_sessions, session => session.Dispose());

    private static double Loop(InferenceSession session, int batch, int tokens, TimeSpan time, Barrier together)
    {
        using var binding = session.CreateIoBinding();
        using var run = new RunOptions();
        var bound = new List<OrtValue>();
        var random = new Random(batch);
        foreach (var name in session.InputNames)
        {
            var values = new long[batch * tokens];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = name switch { "input_ids" => EmbedInputs.RandomToken(random), "attention_mask" => 1, _ => 0 };
            }

            bound.Add(OrtValue.CreateTensorValueFromMemory(values, [batch, tokens]));
            binding.BindInput(name, bound[^1]);
        }

        var width = session.OutputMetadata[session.OutputNames[0]].Dimensions[^1];
        bound.Add(OrtValue.CreateTensorValueFromMemory(new float[batch * tokens * width], [batch, tokens, width]));
        binding.BindOutput(session.OutputNames[0], bound[^1]);

        session.RunWithBinding(run, binding);
        together.SignalAndWait();
        var runs = 0;
        var watch = Stopwatch.StartNew();
        do
        {
            session.RunWithBinding(run, binding);
            runs++;
        }
        while (watch.Elapsed < time);
        var rate = runs * batch / watch.Elapsed.TotalSeconds;
        bound.ForEach(value => value.Dispose());
        return rate;
    }
}
