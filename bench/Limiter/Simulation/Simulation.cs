namespace Hybrid.LimiterSimulation;

/// <summary>One limiter before one server under one scenario's traffic, event by event.</summary>
public sealed class Simulation
{
    private readonly Scenario _scenario;
    private readonly SimulatedClock _clock = new();
    private readonly Lanes _lanes;
    private readonly ISubject _subject;
    private readonly PriorityQueue<(int Ticket, TimeSpan Arrived), long> _inFlight = new();
    private readonly Stack<int> _tickets = new();
    private readonly RunLog _log;
    private int _ticketsMade;

    private Simulation(Scenario scenario, Func<TimeProvider, ISubject> subject)
    {
        _scenario = scenario;
        _lanes = new Lanes(scenario.Lanes);
        _subject = subject(_clock);
        _log = new RunLog(scenario);
    }

    /// <summary>Runs it. Arrivals and their work depend on the seed alone, so every limiter meets the same traffic.</summary>
    public static RunResult Run(Scenario scenario, Func<TimeProvider, ISubject> subject, ulong seed) => new Simulation(scenario, subject).Run(seed);

    private RunResult Run(ulong seed)
    {
        foreach (var arrival in _scenario.Arrivals(seed))
        {
            CompleteUntil(arrival.At);
            _clock.Now = arrival.At;
            Arrive(arrival);
        }

        return _log.ToResult();
    }

    private void Arrive(Arrival arrival)
    {
        var now = arrival.At;
        var ticket = _tickets.TryPop(out var free) ? free : _ticketsMade++;
        var admitted = _subject.TryAdmit(ticket, arrival.Work);
        _log.Arrived(now, admitted, _subject.IsTripped);
        if (!admitted)
        {
            _tickets.Push(ticket);
            return;
        }

        var begin = _lanes.NextBegin(now);
        var end = begin + TimeSpan.FromMilliseconds(arrival.ServiceMs * (_scenario.Fault?.Slowdown(begin) ?? 1));
        _lanes.Occupy(end);
        _inFlight.Enqueue((ticket, now), end.Ticks);
    }

    private void CompleteUntil(TimeSpan time)
    {
        while (_inFlight.TryPeek(out var request, out var end) && end <= time.Ticks)
        {
            _inFlight.Dequeue();
            _clock.Now = TimeSpan.FromTicks(end);
            _subject.Complete(request.Ticket, _clock.Now - request.Arrived);
            _log.Completed(request.Arrived, _clock.Now);
            _tickets.Push(request.Ticket);
        }
    }
}
