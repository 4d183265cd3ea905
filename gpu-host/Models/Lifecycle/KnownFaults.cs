using System.Collections.Concurrent;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>What is wrong with models' documents, each as it was said last: every poll finds it again, and it is news only once.</summary>
internal sealed class KnownFaults
{
    private readonly ConcurrentDictionary<string, string> _faults = new(StringComparer.Ordinal);

    /// <summary>Notes what is wrong, and tells whether that was not known.</summary>
    public bool IsNews(string model, string why)
    {
        if (_faults.TryGetValue(model, out var known) && known == why)
        {
            return false;
        }

        _faults[model] = why;
        return true;
    }

    /// <summary>Nothing is wrong any more.</summary>
    public void Clear(string model) => _faults.TryRemove(model, out _);
}
