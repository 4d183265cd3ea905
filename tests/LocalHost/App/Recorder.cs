using System.Collections.Concurrent;

namespace Hybrid.LocalHost.TestApp;

/// <summary>What functions did, for tests to look at.</summary>
public sealed class Recorder
{
    private readonly ConcurrentQueue<string> _entries = new();

    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the test says so.</summary>
    public Task Gate => _gate.Task;

    public IReadOnlyList<string> Entries => [.. _entries];

    public void OpenGate() => _gate.TrySetResult();

    public void Add(string entry) => _entries.Enqueue(entry);

    /// <summary>The entries that begin with <paramref name="prefix"/>, once there are <paramref name="count"/> of them.</summary>
    public async Task<IReadOnlyList<string>> WaitAsync(string prefix, int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = Entries.Where(entry => entry.StartsWith(prefix, StringComparison.Ordinal)).ToList();
            if (found.Count >= count)
                return found;
            await Task.Delay(10, cancellationToken);
        }
    }
}
