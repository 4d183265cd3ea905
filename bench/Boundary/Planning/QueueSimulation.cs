using Hybrid.GpuHost.Batching;
using Hybrid.LimiterSimulation;

namespace Hybrid.Planning;

/// <summary>
/// A model's queue in simulated time: Poisson arrivals of one item each, the host's own rules for what is batched when
/// (<see cref="WaitingRequests"/>), and lanes that take S(b) for a batch. Same seed, same result.
/// </summary>
public static class QueueSimulation
{
    private const double Nanoseconds = 1e9;

    /// <param name="service">S(b) of one instance.</param>
    /// <param name="settings">The host's.</param>
    /// <param name="perSecond">Arrivals.</param>
    /// <param name="warmUp">Seconds of which nothing is counted.</param>
    /// <param name="duration">Seconds that are counted, by arrival; answers are waited for.</param>
    /// <param name="seed">Of the arrivals.</param>
    public static Prediction Run(ServiceTimes service, PlanSettings settings, double perSecond, double warmUp, double duration, ulong seed = 1) =>
        new Queue(service, settings, new SeededRandom(seed), perSecond).Run((long)(warmUp * Nanoseconds), (long)((warmUp + duration) * Nanoseconds));

    private sealed class Queue
    {
        private readonly ServiceTimes _service;
        private readonly SeededRandom _dice;
        private readonly double _perSecond;
        private readonly WaitingRequests _waiting;
        private readonly QueueLevel _level = new(1, new QueuePolicy(int.MaxValue, TimeoutAction.Reject, 0, AllowTimeoutOverride: false));
        private readonly Stack<RunningBatch> _idle = [];
        private readonly PriorityQueue<RunningBatch, long> _ends = new();
        private readonly Stack<Request> _free = [];
        private readonly List<double> _latencies = [];
        private long _now;
        private long _dueAt = long.MaxValue;
        private long _batches;
        private long _batched;

        public Queue(ServiceTimes service, PlanSettings settings, SeededRandom dice, double perSecond)
        {
            (_service, _dice, _perSecond) = (service, dice, perSecond);
            _waiting = new WaitingRequests(
                new BatchingSettings { MaxBatchSize = settings.MaxBatchSize, MaxBatchTokens = int.MaxValue, SpreadOverIdle = true, Levels = [_level.Policy] },
                delay: settings.DelayMicroseconds * 1000L);
            for (var i = 0; i < settings.Instances; i++)
            {
                _idle.Push(new RunningBatch(settings.MaxBatchSize));
            }
        }

        public Prediction Run(long from, long to)
        {
            var arrivesAt = Gap();
            while (true)
            {
                var endsAt = _ends.TryPeek(out _, out var end) ? end : long.MaxValue;
                _now = Math.Min(Math.Min(arrivesAt, endsAt), _dueAt);
                if (_now == endsAt)
                {
                    End(_ends.Dequeue(), from);
                }
                else if (_now == arrivesAt)
                {
                    Arrive();
                    arrivesAt = _now + Gap() is var next && next < to ? next : long.MaxValue;
                }

                Begin();
                if (arrivesAt == long.MaxValue && _ends.Count == 0 && _waiting.Count == 0)
                {
                    return Result(from);
                }
            }
        }

        private long Gap() => Math.Max(1, (long)(_dice.NextExponential() / _perSecond * Nanoseconds));

        private void Arrive()
        {
            var request = _free.TryPop(out var used) ? used : new Request();
            request.Begin(_level, _now);
            _waiting.Add(request);
        }

        private void Begin()
        {
            _dueAt = long.MaxValue;
            while (_idle.Count > 0 && _waiting.TryFindDue(_now, atOnce: false, out var due, out _dueAt, _idle.Count))
            {
                var lane = _idle.Pop();
                _waiting.Take(due, _now, lane);
                _batches++;
                _batched += lane.Entries.Length;
                _ends.Enqueue(lane, _now + (long)(_service.SecondsOf(lane.Entries.Length) * Nanoseconds));
            }
        }

        private void End(RunningBatch lane, long from)
        {
            foreach (var entry in lane.Entries)
            {
                if (entry.Request.EnqueuedAt >= from)
                {
                    _latencies.Add((_now - entry.Request.EnqueuedAt) / Nanoseconds);
                }

                _free.Push((Request)entry.Request);
            }

            lane.Detach();
            lane.Clear();
            _idle.Push(lane);
        }

        private Prediction Result(long from)
        {
            _latencies.Sort();
            return new Prediction(
                _perSecond,
                _latencies.Count * Nanoseconds / (_now - from),
                _latencies.Count == 0 ? 0 : _latencies.Average(),
                Percentile(0.5),
                Percentile(0.99),
                _batches == 0 ? 0 : (double)_batched / _batches);

            double Percentile(double share) => _latencies.Count == 0 ? 0 : _latencies[(int)(share * (_latencies.Count - 1))];
        }
    }

    private sealed class Request : QueuedRequest
    {
        public void Begin(QueueLevel level, long now) => Begin(1, level, now, deadline: long.MaxValue, timeoutAt: long.MaxValue);
    }
}
