using System.Collections.Concurrent;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>What is done about one model is done one after the other. Whoever waits is told what is published when his turn comes.</summary>
internal sealed class ModelTurns : IDisposable
{
    private readonly ConcurrentDictionary<string, Turn> _turns = new(StringComparer.Ordinal);

    /// <summary>False: somebody waits for his turn already, and will see this too.</summary>
    public bool TryAnnounce(string name, IReadOnlyList<ModelId> published) => Announce(name, published).TryWait();

    /// <summary>Says what is published, and waits in any case.</summary>
    public Task<IReadOnlyList<ModelId>> BeginAsync(string name, IReadOnlyList<ModelId> published, CancellationToken cancellationToken)
    {
        Announce(name, published);
        return BeginAsync(name, cancellationToken);
    }

    /// <summary>Waits for the turn, which ends with <see cref="End"/>.</summary>
    /// <returns>What was said last to be published.</returns>
    public async Task<IReadOnlyList<ModelId>> BeginAsync(string name, CancellationToken cancellationToken)
    {
        var turn = _turns[name];
        try
        {
            await turn.Gate.WaitAsync(cancellationToken);
        }
        finally
        {
            turn.StopWaiting();
        }

        return turn.Published;
    }

    public void End(string name) => _turns[name].Gate.Release();

    public void Dispose()
    {
        foreach (var turn in _turns.Values)
        {
            turn.Gate.Dispose();
        }
    }

    private Turn Announce(string name, IReadOnlyList<ModelId> published)
    {
        var turn = _turns.GetOrAdd(name, _ => new Turn());
        turn.Published = published;
        return turn;
    }

    private sealed class Turn
    {
        private volatile IReadOnlyList<ModelId> _published = [];
        private int _waiting;

        public SemaphoreSlim Gate { get; } = new(1);

        public IReadOnlyList<ModelId> Published
        {
            get => _published;
            set => _published = value;
        }

        public bool TryWait() => Interlocked.Exchange(ref _waiting, 1) == 0;

        public void StopWaiting() => Volatile.Write(ref _waiting, 0);
    }
}
