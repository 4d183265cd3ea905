namespace Hybrid.Orchestrations.Dispatch.Hedging;

/// <summary>
/// A token bucket that calls fill and hedges empty: hedges are never more than <see cref="Burst"/> and a share of the calls,
/// however slow everything becomes, so that an overload is not made worse. Safe for any number of callers at once.
/// </summary>
/// <param name="share">Tokens that a call brings; 0: there are never any.</param>
internal sealed class HedgeBudget(double share)
{
    /// <summary>What it holds at most, and at first: enough to open the breaker of a host that froze (5), twice.</summary>
    public const int Burst = 10;

    private readonly Lock _lock = new();
    private double _tokens = share > 0 ? Burst : 0;

    /// <summary>A call was made.</summary>
    public void Deposit()
    {
        lock (_lock)
        {
            _tokens = Math.Min(Burst, _tokens + share);
        }
    }

    /// <summary>Takes what one hedge costs, if it is there.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            // Ten tenths are a whole, whatever their sum in floating point.
            if (_tokens < 1 - 1e-9)
            {
                return false;
            }

            _tokens = Math.Max(0, _tokens - 1);
            return true;
        }
    }

    /// <summary>A host has too much work: for now there is nothing to spare.</summary>
    public void Empty()
    {
        lock (_lock)
        {
            _tokens = 0;
        }
    }
}
