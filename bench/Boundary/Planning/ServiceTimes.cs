namespace Hybrid.Planning;

/// <summary>
/// S(b): how long a batch of b items takes on one instance while the others work too. Between measured sizes it is a straight line, past
/// the last one the line of the last two goes on.
/// </summary>
public sealed class ServiceTimes
{
    private readonly double[] _seconds;

    /// <param name="measured">Sizes, ascending from 1, and seconds over zero.</param>
    public ServiceTimes(IReadOnlyList<(int Size, double Seconds)> measured)
    {
        if (measured.Count == 0 || measured[0].Size != 1 || measured.Any(point => point.Seconds <= 0) || measured.Zip(measured.Skip(1)).Any(pair => pair.First.Size >= pair.Second.Size))
        {
            throw new ArgumentException("Sizes have to ascend from 1, and times to be over zero.", nameof(measured));
        }

        Measured = measured;
        _seconds = new double[measured[^1].Size + 1];
        for (var i = 0; i < measured.Count; i++)
        {
            var (size, seconds) = measured[i];
            var (before, earlier) = i == 0 ? (0, seconds) : measured[i - 1];
            for (var b = before + 1; b <= size; b++)
            {
                _seconds[b] = earlier + ((seconds - earlier) * (b - before) / (size - before));
            }
        }
    }

    public IReadOnlyList<(int Size, double Seconds)> Measured { get; }

    public double SecondsOf(int size)
    {
        if (size < _seconds.Length)
        {
            return _seconds[size];
        }

        if (Measured.Count == 1)
        {
            return size * _seconds[1];
        }

        var ((a, before), (b, last)) = (Measured[^2], Measured[^1]);
        return last + ((last - before) * (size - b) / (b - a));
    }

    /// <summary>Items per second that full batches of this size can be done at: instances × b ÷ S(b). No arrival rate past it can be held.</summary>
    public double SaturationPerSecond(int size, int instances) => instances * size / SecondsOf(size);
}
