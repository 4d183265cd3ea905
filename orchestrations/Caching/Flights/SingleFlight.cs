namespace Hybrid.Orchestrations.Caching.Flights;

/// <summary>
/// Makes one computation of what many ask for at the same time. Each caller waits as long as it likes; a computation is called off
/// when its last caller has left. A failure is everybody's who waits, unless it is about the first caller alone, as the end of its
/// time is: then the others begin again.
/// </summary>
/// <param name="isOwnersAlone">Whether a failure says something about the first caller only.</param>
internal sealed class SingleFlight<T>(Func<Exception, bool> isOwnersAlone)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Seat> _seats = [];

    /// <summary>Keys that are being computed.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _seats.Count;
            }
        }
    }

    /// <param name="keys">What is asked for; a key may stand there more than once.</param>
    /// <param name="compute">Computes those of the keys that nobody computes yet, given by their places in <paramref name="keys"/>, in that order.</param>
    /// <param name="cancellation">This caller's wish to wait no longer.</param>
    /// <returns>One result per key; whether another caller's computation made it.</returns>
    public async Task<IReadOnlyList<Landed<T>>> RunAsync(
        IReadOnlyList<string> keys, Func<IReadOnlyList<int>, CancellationToken, Task<T[]>> compute, CancellationToken cancellation)
    {
        while (true)
        {
            var own = new Flight();
            var seats = Board(keys, own);
            var flights = seats.Select(seat => seat.Flight).Distinct().ToList();
            try
            {
                if (own.Keys.Count > 0)
                {
                    _ = FlyAsync(own, compute);
                }

                var landed = new Dictionary<Flight, T[]>();
                foreach (var flight in flights)
                {
                    landed[flight] = await flight.Landing.Task.WaitAsync(cancellation);
                }

                return [.. seats.Select(seat => new Landed<T>(landed[seat.Flight][seat.Row], seat.Flight != own))];
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested && isOwnersAlone(exception) && !own.Landing.Task.IsFaulted)
            {
                // Somebody else's time was over or request was wrong, not ours.
            }
            finally
            {
                flights.ForEach(Leave);
            }
        }
    }

    private List<Seat> Board(IReadOnlyList<string> keys, Flight own)
    {
        lock (_lock)
        {
            var seats = new List<Seat>(keys.Count);
            for (var i = 0; i < keys.Count; i++)
            {
                if (!_seats.TryGetValue(keys[i], out var seat))
                {
                    seat = new Seat(own, own.Keys.Count);
                    own.Keys.Add(keys[i]);
                    own.Rows.Add(i);
                    _seats.Add(keys[i], seat);
                }

                seats.Add(seat);
            }

            foreach (var flight in seats.Select(seat => seat.Flight).Distinct())
            {
                flight.Passengers++;
            }

            return seats;
        }
    }

    private async Task FlyAsync(Flight flight, Func<IReadOnlyList<int>, CancellationToken, Task<T[]>> compute)
    {
        try
        {
            var results = await compute(flight.Rows, flight.Cancellation.Token);
            Close(flight);
            flight.Landing.SetResult(results);
        }
        catch (Exception exception)
        {
            Close(flight);
            flight.Landing.SetException(exception);
            // Perhaps nobody waits any more; then nobody has to hear of it.
            _ = flight.Landing.Task.Exception;
        }
    }

    private void Leave(Flight flight)
    {
        lock (_lock)
        {
            if (--flight.Passengers > 0 || flight.Landing.Task.IsCompleted)
            {
                return;
            }

            // Nobody may board what is being called off.
            Close(flight);
        }

        flight.Cancellation.Cancel();
    }

    private void Close(Flight flight)
    {
        lock (_lock)
        {
            foreach (var key in flight.Keys)
            {
                if (_seats.TryGetValue(key, out var seat) && seat.Flight == flight)
                {
                    _seats.Remove(key);
                }
            }
        }
    }

    private sealed record Seat(Flight Flight, int Row);

    private sealed class Flight
    {
        /// <summary>What it computes.</summary>
        public List<string> Keys { get; } = [];

        /// <summary>Where the keys stand in its first caller's request.</summary>
        public List<int> Rows { get; } = [];

        public CancellationTokenSource Cancellation { get; } = new();

        public TaskCompletionSource<T[]> Landing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Passengers { get; set; }
    }
}

/// <summary>A result, and whether another caller's computation made it.</summary>
internal readonly record struct Landed<T>(T Value, bool Joined);
