namespace Hybrid.GpuHost.Admission.Tenants;

/// <summary>Tokens that come in at a steady rate up to a burst, and go out one a request. For one thread at a time.</summary>
/// <param name="rate">Tokens per second, over zero.</param>
/// <param name="burst">Tokens that it holds at most, and at first.</param>
/// <param name="now">The time at which it begins.</param>
public sealed class TokenBucket(double rate, int burst, TimeSpan now)
{
    private double _tokens = burst;
    private TimeSpan _filledAt = now;

    /// <summary>Takes a token.</summary>
    /// <param name="now">The time, never before that of an earlier call.</param>
    /// <param name="retryAfter">When there will be one, if there is none.</param>
    public bool TryTake(TimeSpan now, out TimeSpan retryAfter)
    {
        _tokens = Math.Min(burst, _tokens + ((now - _filledAt).TotalSeconds * rate));
        _filledAt = now;
        if (_tokens >= 1)
        {
            _tokens--;
            retryAfter = TimeSpan.Zero;
            return true;
        }

        // Rounded up to the next tick of TimeSpan, so that the token is there then.
        retryAfter = TimeSpan.FromTicks((long)Math.Ceiling((1 - _tokens) / rate * TimeSpan.TicksPerSecond) + 1);
        return false;
    }
}
