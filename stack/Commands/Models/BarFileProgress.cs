using Hybrid.Models.Publishing;
using Spectre.Console;

namespace Hybrid.Stack.Commands.Models;

internal sealed class BarFileProgress(ProgressContext context) : IFileProgress
{
    private ProgressTask? _phase;

    public void Begin(string name, long bytes)
    {
        _phase?.StopTask();
        _phase = context.AddTask(name, maxValue: Math.Max(1, bytes));
    }

    public IProgress<long> File(string path, long bytes) =>
        new FileBar(context.AddTask($"  {Markup.Escape(path)}", maxValue: Math.Max(1, bytes)), _phase!, bytes);

    // Storage reports from several threads, and less than before when it sends a block again; the phase's bar takes the difference.
    private sealed class FileBar : IProgress<long>
    {
        private readonly Lock _reporting = new();
        private readonly ProgressTask _file;
        private readonly ProgressTask _phase;
        private readonly long _bytes;
        private long _done;

        public FileBar(ProgressTask file, ProgressTask phase, long bytes)
        {
            (_file, _phase, _bytes) = (file, phase, bytes);
            Report(0);
        }

        public void Report(long value)
        {
            lock (_reporting)
            {
                _file.Value = value;
                _phase.Increment(value - _done);
                _done = value;
                if (value >= _bytes)
                {
                    // Of an empty file there is nothing to report, and its bar has a length all the same.
                    _file.Value = _file.MaxValue;
                    _file.StopTask();
                }
            }
        }
    }
}
