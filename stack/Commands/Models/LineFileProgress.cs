using System.Globalization;
using Hybrid.Models.Publishing;

namespace Hybrid.Stack.Commands.Models;

/// <summary>A line at each quarter of a phase: for logs, which keep all that is written to them.</summary>
internal sealed class LineFileProgress(TextWriter output) : IFileProgress
{
    private const int Steps = 4;

    private readonly Lock _writing = new();
    private string _phase = "";
    private long _bytes;
    private long _done;
    private long _step;

    public void Begin(string name, long bytes)
    {
        lock (_writing)
        {
            (_phase, _bytes, _done, _step) = (name, bytes, 0, 0);
            output.WriteLine($"{name} {Megabytes.Text(bytes)}");
        }
    }

    public IProgress<long> File(string path, long bytes) => new OfFile(this);

    private void Add(long bytes)
    {
        lock (_writing)
        {
            _done += bytes;
            var step = _bytes == 0 ? 0 : _done * Steps / _bytes;
            if (step > _step)
            {
                _step = step;
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_phase} {Megabytes.Text(_done)}, {100 * step / Steps} %"));
            }
        }
    }

    private sealed class OfFile(LineFileProgress owner) : IProgress<long>
    {
        private long _done;

        // Called from one thread after the other, but not always with more than before: a block that is sent again counts anew.
        public void Report(long value) => owner.Add(value - Interlocked.Exchange(ref _done, value));
    }
}
