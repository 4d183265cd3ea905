using System.Runtime.CompilerServices;
using Hybrid.Orchestrations.Budgets;

namespace Hybrid.Functions.Streaming;

internal static class Pauses
{
    /// <summary>The items as they come, and a null whenever none came for so long.</summary>
    public static async IAsyncEnumerable<T?> WithPauses<T>(
        this IAsyncEnumerable<T> items, TimeSpan longest, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellation)
        where T : class
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var source = items.GetAsyncEnumerator(stop.Token);
        var next = Task.FromResult(true);
        try
        {
            while (true)
            {
                next = source.MoveNextAsync().AsTask();
                while (!next.IsCompleted && !await next.EndsWithinAsync(longest, time))
                {
                    yield return null;
                }

                if (!await next)
                {
                    yield break;
                }

                yield return source.Current;
            }
        }
        finally
        {
            // A source may only be disposed at rest; whoever leaves in a pause does not wait for its next item.
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await source.DisposeAsync();
        }
    }
}
