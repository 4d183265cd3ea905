using Hybrid.LocalHost.Durable.History;
using Microsoft.DurableTask;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>
/// Events from outside and those who wait for them, by name (names ignore case, as in the SDK). The last waiter of a name gets the next event;
/// an event without a waiter is kept for one. A cancelled waiter takes no event: the SDK's own worker loses that event.
/// </summary>
internal sealed class ExternalEvents(DataConverter converter)
{
    private readonly Dictionary<string, Stack<Waiter>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<EventRaised> _buffered = [];

    public bool HasWaiters => _waiters.Values.Any(waiters => waiters.Any(waiter => !waiter.IsCancelled));

    /// <summary>Events that nobody has waited for, in the order in which they came.</summary>
    public IReadOnlyList<EventRaised> Buffered => _buffered;

    public void Raise(EventRaised raised)
    {
        while (_waiters.TryGetValue(raised.Name, out var waiters) && waiters.TryPop(out var waiter))
        {
            if (waiters.Count == 0)
                _waiters.Remove(raised.Name);
            if (waiter.IsCancelled)
                continue;
            waiter.Complete(raised.Input);
            return;
        }
        _buffered.Add(raised);
    }

    public Task<T> Wait<T>(string name, CancellationToken cancellationToken)
    {
        if (_waiters.TryGetValue(name, out var waiters) && waiters.TryPeek(out var other) && other.Type != typeof(T))
            throw new ArgumentException($"Events with the same name must have the same type: '{name}' is awaited as {other.Type} and as {typeof(T)}.");
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);

        var waiter = new Waiter<T>(converter);
        var early = _buffered.FindIndex(raised => string.Equals(raised.Name, name, StringComparison.OrdinalIgnoreCase));
        if (early >= 0)
        {
            var raised = _buffered[early];
            _buffered.RemoveAt(early);
            waiter.Complete(raised.Input);
            return waiter.Task;
        }

        if (waiters is null)
            _waiters.Add(name, waiters = new Stack<Waiter>());
        waiters.Push(waiter);
        cancellationToken.Register(() => waiter.Cancel(cancellationToken));
        return waiter.Task;
    }

    private abstract class Waiter
    {
        public abstract Type Type { get; }

        public abstract bool IsCancelled { get; }

        public abstract void Complete(string? input);
    }

    private sealed class Waiter<T>(DataConverter converter) : Waiter
    {
        private readonly TaskCompletionSource<T> _source = new();

        public Task<T> Task => _source.Task;

        public override Type Type => typeof(T);

        public override bool IsCancelled => _source.Task.IsCanceled;

        public void Cancel(CancellationToken cancellationToken) => _source.TrySetCanceled(cancellationToken);

        public override void Complete(string? input)
        {
            try
            {
                _source.TrySetResult(converter.Deserialize<T>(input)!);
            }
            catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
            {
                // Whoever waits learns that the payload is not what it expects; the sender is long gone.
                _source.TrySetException(unreadable);
            }
        }
    }
}
