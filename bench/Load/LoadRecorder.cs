using System.Diagnostics;

namespace Hybrid.Load;

/// <summary>Counts what falls into the counted part of a run. Written by one thread; the sums may be read by others while it runs.</summary>
internal sealed class LoadRecorder
{
    private static readonly double NanosecondsPerTimestamp = 1e9 / Stopwatch.Frequency;

    private readonly long[] _statuses = new long[1000];
    private readonly long[] _failures = new long[Enum.GetValues<LoadFailure>().Length];
    private readonly Histogram _latency = new();
    private long _answered;
    private long _errors;
    private double _work;
    private long _began;
    private long _ended;

    public long Answered => Volatile.Read(ref _answered);

    public long Errors => Volatile.Read(ref _errors);

    /// <summary>
    /// Takes the moment of the last reply before the counted part (closed loop). Replies come in bursts, a batch at a time: from the end of
    /// one burst to the end of another is the only time that holds whole ones.
    /// </summary>
    public void Began(long now) => _began = now;

    public void Replied(int status, long dueAt, long now, double work)
    {
        _statuses[status]++;
        if (status is < 200 or > 299)
        {
            Volatile.Write(ref _errors, _errors + 1);
            return;
        }

        _ended = now;
        Volatile.Write(ref _answered, _answered + 1);
        _work += work;
        _latency.Record(Nanoseconds(now - dueAt));
    }

    public void Failed(LoadFailure failure, long dueAt, long now)
    {
        _failures[(int)failure]++;
        Volatile.Write(ref _errors, _errors + 1);
        _latency.Record(Nanoseconds(now - dueAt));
    }

    public LoadResult ToResult(TimeSpan window, TimeSpan clientCpu, long sent) => new(
        _latency,
        _began == 0 || _answered == 0 ? window : Stopwatch.GetElapsedTime(_began, _ended),
        _answered,
        _work,
        _statuses.Index().Where(status => status.Item > 0).ToDictionary(status => status.Index, status => status.Item),
        _failures.Index().Where(failure => failure.Item > 0).ToDictionary(failure => (LoadFailure)failure.Index, failure => failure.Item),
        clientCpu,
        sent);

    private static long Nanoseconds(long timestamps) => (long)(timestamps * NanosecondsPerTimestamp);
}
