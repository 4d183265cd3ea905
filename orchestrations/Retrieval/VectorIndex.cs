using System.Collections.Frozen;
using System.Numerics.Tensors;
using Hybrid.Contracts.Errors;

namespace Hybrid.Orchestrations.Retrieval;

/// <summary>
/// Documents and their vectors, searched by comparing the query with every row (SIMD dot products over one block of
/// memory). Immutable: a change makes a new index, so readers need no lock and never see half of it. At the sizes that a
/// collection may have this is exact and quick; an approximate structure would be neither smaller nor simpler.
/// </summary>
public sealed class VectorIndex
{
    private readonly float[] _rows;
    private readonly IndexedDocument[] _documents;
    private readonly FrozenDictionary<string, int> _positions;

    internal VectorIndex(string model, int dimensions, float[] rows, IndexedDocument[] documents)
    {
        Model = model;
        Dimensions = dimensions;
        _rows = rows;
        _documents = documents;
        _positions = documents.Select((document, row) => KeyValuePair.Create(document.Id, row)).ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>An index without documents, for vectors that <paramref name="model"/> makes.</summary>
    public static VectorIndex Empty(string model, int dimensions)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        return new VectorIndex(model, dimensions, [], []);
    }

    /// <summary>The embedding model whose vectors these are; vectors of different models cannot be compared.</summary>
    public string Model { get; }

    /// <summary>Length of one vector.</summary>
    public int Dimensions { get; }

    /// <summary>Number of documents.</summary>
    public int Count => _documents.Length;

    /// <summary>In the order of their rows.</summary>
    public IReadOnlyList<IndexedDocument> Documents => _documents;

    /// <summary>The vector of the document in <paramref name="row"/>.</summary>
    public ReadOnlySpan<float> Vector(int row) => _rows.AsSpan(row * Dimensions, Dimensions);

    /// <summary>The document of that id, or null.</summary>
    public IndexedDocument? Find(string id) => _positions.TryGetValue(id, out var row) ? _documents[row] : null;

    /// <summary>The <paramref name="k"/> documents nearest to the query, best first; equal scores in the order of their rows.</summary>
    /// <param name="query">A vector of L2 norm 1, made by <see cref="Model"/>.</param>
    /// <param name="k">Most hits wanted, at least 1.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.Conflict"/>: the query has another length than the rows.</exception>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        CheckLength(query.Length);
        var best = new TopK(Math.Min(k, Count));
        for (var row = 0; row < Count; row++)
        {
            best.Offer(row, TensorPrimitives.Dot(query, Vector(row)));
        }

        return best.BestFirst().Select(hit => new SearchHit(_documents[hit.Row], hit.Score)).ToList();
    }

    /// <summary>This index with these rows in it; a row whose id is there already takes its place. Of two with one id the later counts.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.Conflict"/>: a vector of another length.</exception>
    public VectorIndex Upsert(IReadOnlyList<IndexedRow> changes)
    {
        var fresh = changes.Select(change => change.Document.Id).Where(id => !_positions.ContainsKey(id)).ToHashSet(StringComparer.Ordinal).Count;
        var documents = new IndexedDocument[Count + fresh];
        var rows = new float[documents.Length * Dimensions];
        _documents.CopyTo(documents, 0);
        _rows.CopyTo(rows, 0);

        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (document, vector) in changes)
        {
            CheckLength(vector.Length);
            if (!_positions.TryGetValue(document.Id, out var row) && !positions.TryGetValue(document.Id, out row))
            {
                row = Count + positions.Count;
                positions.Add(document.Id, row);
            }

            documents[row] = document;
            vector.Span.CopyTo(rows.AsSpan(row * Dimensions));
        }

        return new VectorIndex(Model, Dimensions, rows, documents);
    }

    /// <summary>This index without that document; itself when there is none of that id.</summary>
    public VectorIndex Remove(string id)
    {
        if (!_positions.TryGetValue(id, out var row))
        {
            return this;
        }

        float[] rows = [.. _rows.AsSpan(0, row * Dimensions), .. _rows.AsSpan((row + 1) * Dimensions)];
        IndexedDocument[] documents = [.. _documents.AsSpan(0, row), .. _documents.AsSpan(row + 1)];
        return new VectorIndex(Model, Dimensions, rows, documents);
    }

    private void CheckLength(int length)
    {
        if (length != Dimensions)
        {
            throw new HybridException(
                ErrorCode.Conflict, $"The collection holds vectors of {Dimensions} dimensions (model {Model}), not of {length}.", "collection");
        }
    }
}
