using Hybrid.Models.Randomness;
using Hybrid.Onnx;

namespace Hybrid.Models.Transformers;

/// <summary>The layers of a transformer with random weights, under the names that PyTorch gives them.</summary>
/// <param name="graph">Where they go.</param>
/// <param name="seed">Equal seeds make equal weights.</param>
internal sealed class RandomLayers(GraphBuilder graph, ulong seed)
{
    private readonly SplitMix64 _random = new(seed);

    /// <summary>A row per index.</summary>
    public Value Embedding(string name, Value indices, int count, int size) => graph.Gather(Table(name, count, size, deviation: 1), indices);

    /// <summary>A table to look things up in.</summary>
    public Value Table(string name, int count, int size, float deviation) => Weights(name + ".weight", count, size, deviation);

    /// <summary>x · W + b; the deviation keeps the size of what comes in, times <paramref name="gain"/>.</summary>
    public Value Linear(string name, Value a, int inputs, int outputs, float gain = 1)
    {
        var product = graph.MatMul(a, Weights(name + ".weight", inputs, outputs, gain / MathF.Sqrt(inputs)));
        return graph.Add(product, Vector(name + ".bias", outputs, 0));
    }

    /// <summary>x · W alone.</summary>
    public Value Product(string name, Value a, int inputs, int outputs) =>
        graph.MatMul(a, Weights(name + ".weight", inputs, outputs, 1 / MathF.Sqrt(inputs)));

    public Value LayerNorm(string name, Value a, int size, float epsilon) =>
        graph.LayerNormalization(a, Vector(name + ".weight", size, 1), Vector(name + ".bias", size, 0), epsilon);

    /// <summary>x/2 · (1 + erf(x/√2)), the exact GELU, in the form that runtimes recognise and fuse.</summary>
    public Value Gelu(Value a)
    {
        var erf = graph.Erf(graph.Div(a, graph.Constant(MathF.Sqrt(2))));
        return graph.Mul(graph.Mul(a, graph.Add(erf, graph.Constant(1f))), graph.Constant(0.5f));
    }

    private Value Vector(string name, int size, float value)
    {
        var data = new float[size];
        Array.Fill(data, value);
        return graph.Initializer(name, data, size);
    }

    /// <summary>Uniform numbers: a product sums hundreds of them, and then their distribution does not show.</summary>
    private Value Weights(string name, int rows, int columns, float deviation)
    {
        var data = new float[rows * columns];
        var range = 2 * MathF.Sqrt(3) * deviation;
        for (var i = 0; i < data.Length; i++)
            data[i] = (_random.NextSingle() - 0.5f) * range;
        return graph.Initializer(name, data, rows, columns);
    }
}
