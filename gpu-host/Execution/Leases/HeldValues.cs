namespace Hybrid.GpuHost.Execution.Leases;

/// <summary>Values that several hold at once: each is made for the first who does, and disposed with the last.</summary>
internal sealed class HeldValues<TKey, TValue>
    where TKey : notnull
    where TValue : IDisposable
{
    private readonly Lock _counting = new();
    private readonly Dictionary<TKey, Held> _held = [];

    /// <summary>The key's value, until it is released as often as it was held.</summary>
    /// <param name="key">The key.</param>
    /// <param name="make">Makes it where nobody holds it. Under the lock, as its disposal: so there are never two for a key.</param>
    public TValue Hold(TKey key, Func<TValue> make)
    {
        lock (_counting)
        {
            if (!_held.TryGetValue(key, out var held))
            {
                _held.Add(key, held = new Held(make()));
            }

            held.Holders++;
            return held.Value;
        }
    }

    public void Release(TKey key)
    {
        lock (_counting)
        {
            var held = _held[key];
            if (--held.Holders == 0)
            {
                _held.Remove(key);
                held.Value.Dispose();
            }
        }
    }

    private sealed record Held(TValue Value)
    {
        public int Holders { get; set; }
    }
}
