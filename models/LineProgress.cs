namespace Hybrid.Models;

/// <summary>A line for each report, at once and in order, which <see cref="Progress{T}"/> does not promise.</summary>
internal sealed class LineProgress(TextWriter output) : IProgress<string>
{
    public void Report(string value) => output.WriteLine(value);
}
