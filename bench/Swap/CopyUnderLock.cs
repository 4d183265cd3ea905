using System.Diagnostics;

namespace Hybrid.Bench.Swap;

/// <summary>The other way to change weights that are served: to copy the new ones over the old, under the lock that every reader takes.</summary>
internal static class CopyUnderLock
{
    private const int Rounds = 21;

    /// <summary>For how long readers stand still, on a machine that does nothing else: the median in microseconds.</summary>
    public static double MedianMicroseconds(long bytes)
    {
        var (served, next) = (new byte[bytes], new byte[bytes]);
        Random.Shared.NextBytes(next);
        var gate = new Lock();
        var stop = false;
        var reads = 0L;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                lock (gate)
                {
                    reads += served[reads % served.Length];
                }

                Thread.Yield();
            }
        });
        reader.Start();
        var times = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            lock (gate)
            {
                var begin = Stopwatch.GetTimestamp();
                next.CopyTo(served, 0);
                times.Add(Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
            }
        }

        Volatile.Write(ref stop, true);
        reader.Join();

        // In the first the system gives the memory.
        return Measure.Median(times.Skip(1));
    }
}
