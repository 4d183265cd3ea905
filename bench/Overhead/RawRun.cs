using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Hybrid.Bench.Overhead;

/// <summary>The least that a run of a model can take: a loop over one session, inputs and outputs bound once.</summary>
internal static class RawRun
{
    private const int Runs = 20_000;

    /// <returns>The median of many runs with one row of float32.</returns>
    public static TimeSpan Median(string modelPath, int width)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(modelPath, options);
        using var run = new RunOptions();
        using var binding = session.CreateIoBinding();
        using var input = OrtValue.CreateTensorValueFromMemory(new float[width], [1, width]);
        using var output = OrtValue.CreateTensorValueFromMemory(new float[width], [1, width]);
        binding.BindInput(session.InputNames[0], input);
        binding.BindOutput(session.OutputNames[0], output);
        var times = new double[Runs];
        for (var i = 0; i < Runs; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            session.RunWithBinding(run, binding);
            times[i] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
        }

        return TimeSpan.FromMicroseconds(Measure.Median(times));
    }
}
