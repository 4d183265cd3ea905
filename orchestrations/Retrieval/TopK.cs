namespace Hybrid.Orchestrations.Retrieval;

/// <summary>The k highest scores of a stream, kept in a heap whose root is the first to go.</summary>
internal ref struct TopK(int k)
{
    private readonly PriorityQueue<int, (float Score, int Row)> _heap = new(k, Worst);

    private float _threshold = float.NegativeInfinity;

    /// <summary>Rows come in ascending order; a later one must beat an equal score to get in.</summary>
    public void Offer(int row, float score)
    {
        if (_heap.Count < k)
        {
            _heap.Enqueue(row, (score, row));
        }
        else if (score > _threshold)
        {
            _heap.EnqueueDequeue(row, (score, row));
        }
        else
        {
            return;
        }

        if (_heap.Count == k && _heap.TryPeek(out _, out var root))
        {
            _threshold = root.Score;
        }
    }

    public readonly (int Row, float Score)[] BestFirst()
    {
        var hits = new (int, float)[_heap.Count];
        for (var i = hits.Length - 1; i >= 0; i--)
        {
            _heap.TryDequeue(out var row, out var priority);
            hits[i] = (row, priority.Score);
        }

        return hits;
    }

    // The worst comes first: the lowest score, and of equals the latest row.
    private static readonly Comparer<(float Score, int Row)> Worst = Comparer<(float Score, int Row)>.Create(
        static (a, b) => a.Score != b.Score ? a.Score.CompareTo(b.Score) : b.Row.CompareTo(a.Row));
}
