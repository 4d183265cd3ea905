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

    public long Answered => Volatile.Read(ref _answered);

    public long Errors => Volatile.Read(ref _errors);

    public void Replied(int status, long dueAt, long now, double work)
    {
        _statuses[status]++;
        if (status is < 200 or > 299)
        {
            Volatile.Write(ref _errors, _errors + 1);
            return;
        }

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
        window,
        _answered,
        _work,
        _statuses.Index().Where(status => status.Item > 0).ToDictionary(status => status.Index, status => status.Item),
        _failures.Index().Where(failure => failure.Item > 0).ToDictionary(failure => (LoadFailure)failure.Index, failure => failure.Item),
        clientCpu,
        sent);

    private static long Nanoseconds(long timestamps) => (long)(timestamps * NanosecondsPerTimestamp);
}
