namespace Hybrid.GpuHost.Execution.Binding;

/// <summary>How an output's shape follows from the inputs' shapes: its dimensions are fixed, or have the name of dimensions of inputs.</summary>
internal sealed class OutputShape
{
    // For each dimension its fixed length, or where among all inputs' dimensions its name stands.
    private readonly long[] _fixed;
    private readonly int[][] _sources;

    private OutputShape(long[] lengths, int[][] sources)
    {
        _fixed = lengths;
        _sources = sources;
    }

    /// <summary>Null: the graph does not say how long it will be.</summary>
    public static OutputShape? Derive(TensorSpec output, IReadOnlyList<TensorSpec> inputs)
    {
        string[] names = [.. inputs.SelectMany(input => input.Symbols)];
        var sources = new int[output.Shape.Count][];
        for (var i = 0; i < sources.Length; i++)
        {
            var symbol = output.Symbols[i];
            sources[i] = output.Shape[i] >= 0 || symbol.Length == 0 ? [] : [.. Enumerable.Range(0, names.Length).Where(at => names[at] == symbol)];
            if (output.Shape[i] < 0 && sources[i].Length == 0)
            {
                return null;
            }
        }

        return new OutputShape([.. output.Shape], sources);
    }

    /// <summary>The shape for inputs of these dimensions; null when dimensions of one name differ, which the graph rules out.</summary>
    public long[]? For(ReadOnlySpan<long> dimensions)
    {
        var shape = new long[_fixed.Length];
        for (var i = 0; i < shape.Length; i++)
        {
            var sources = _sources[i];
            shape[i] = sources.Length == 0 ? _fixed[i] : dimensions[sources[0]];
            foreach (var source in sources)
            {
                if (dimensions[source] != shape[i])
                {
                    return null;
                }
            }
        }

        return shape;
    }
}
