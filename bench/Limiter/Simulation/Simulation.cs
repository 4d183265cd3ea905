namespace Hybrid.LimiterSimulation;

/// <summary>One limiter before one server under one scenario's traffic, event by event.</summary>
public sealed class Simulation
{
    private readonly Scenario _scenario;
    private readonly SimulatedClock _clock = new();
    private readonly SeededRandom _arrivals;
    private readonly SeededRandom _work;
    private readonly Lanes _lanes;
    private readonly ISubject _subject;
    private readonly PriorityQueue<(int Ticket, TimeSpan Arrived), long> _inFlight = new();
    private readonly Stack<int> _tickets = new();
    private readonly RunLog _log;
    private int _ticketsMade;

    private Simulation(Scenario scenario, Func<TimeProvider, ISubject> subject, ulong seed)
    {
        _scenario = scenario;
        _arrivals = new SeededRandom(seed);
        _work = new SeededRandom(~seed);
        _lanes = new Lanes(scenario.Lanes);
        _subject = subject(_clock);
        _log = new RunLog(scenario);
    }

    /// <summary>Runs it. Arrivals and their work depend on the seed alone, so every limiter meets the same traffic.</summary>
    public static RunResult Run(Scenario scenario, Func<TimeProvider, ISubject> subject, ulong seed) => new Simulation(scenario, subject, seed).Run();

    private RunResult Run()
    {
        while (NextArrival() is { } arrival)
        {
            CompleteUntil(arrival);
            _clock.Now = arrival;
            Arrive();
        }

        return _log.ToResult();
    }

    private TimeSpan? NextArrival()
    {
        var next = _clock.Now + TimeSpan.FromSeconds(_arrivals.NextExponential() / _scenario.RateAt(_clock.Now));
        return next < _scenario.Length ? next : null;
    }

    private void Arrive()
    {
        var now = _clock.Now;
        var size = _scenario.WorkOf(now, _work);
        var workMs = size * _scenario.Service.DrawMs(_work) * (_scenario.NeedsDependency(now, _work) ? _scenario.DependencyFactor : 1);
        var ticket = _tickets.TryPop(out var free) ? free : _ticketsMade++;
        var admitted = _subject.TryAdmit(ticket, size);
        _log.Arrived(now, admitted, _subject.IsTripped);
        if (!admitted)
        {
            _tickets.Push(ticket);
            return;
        }

        var begin = _lanes.NextBegin(now);
        var end = begin + TimeSpan.FromMilliseconds(workMs * (_scenario.Fault?.Slowdown(begin) ?? 1));
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
