using System.Collections.Concurrent;
using System.Globalization;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Batching;

/// <summary>Answers each text with its length; runs wait at a gate until the test opens it. The text <c>fail</c> fails its batch, and <c>wrong</c> too, by its own fault.</summary>
internal sealed class GatedRunner : IBatchRunner<string, string>, IDisposable
{
    private readonly SemaphoreSlim _gate = new(0);
    private readonly ConcurrentQueue<IReadOnlyList<string>> _batches = [];
    private int _stopped;

    public IReadOnlyList<IReadOnlyList<string>> Batches => [.. _batches];

    /// <summary>Runs that ended because nobody wanted them.</summary>
    public int Stopped => Volatile.Read(ref _stopped);

    public int TokensOf(string item) => item.Length;

    public void Run(ReadOnlySpan<string> items, Span<string> results, CancellationToken cancellationToken)
    {
        _batches.Enqueue(items.ToArray());
        try
        {
            _gate.Wait(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _stopped);
            throw;
        }

        if (items.Contains("wrong"))
        {
            throw new HybridException(ErrorCode.Unprocessable, "as asked");
        }

        if (items.Contains("fail"))
        {
            throw new InvalidDataException("as asked");
        }

        for (var i = 0; i < items.Length; i++)
        {
            results[i] = items[i].Length.ToString(CultureInfo.InvariantCulture);
        }
    }

    public void LetOneThrough() => _gate.Release();

    /// <summary>From now on nobody waits.</summary>
    public void Open() => _gate.Release(1_000_000);

    public void Dispose() => _gate.Dispose();

    public Task HasBegunAsync(int batches) => Eventually.IsTrueAsync(() => _batches.Count >= batches);
}
