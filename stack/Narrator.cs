using System.Diagnostics;
using System.Globalization;

namespace Hybrid.Stack;

/// <summary>Says on one line each what happens, and how long it took since the start.</summary>
/// <param name="output">Where to write; a person reads it.</param>
public sealed class Narrator(TextWriter output) : IProgress<string>
{
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private readonly TextWriter _output = TextWriter.Synchronized(output);

    /// <summary>Milliseconds since the narrator began.</summary>
    public long ElapsedMilliseconds => _since.ElapsedMilliseconds;

    public void Report(string value) =>
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_since.Elapsed.TotalSeconds,6:0.0}s  {value}"));

    /// <summary>A line without the time: results, not progress.</summary>
    public void Print(string line = "") => _output.WriteLine(line);
}
