using System.Diagnostics;

namespace Hybrid.Models.Induction;

/// <summary>A weight matrix that is put together from what it is meant to do: y = x · W, a row per input and a column per output.</summary>
public sealed class Projection(int inputs, int outputs)
{
    public int Inputs => inputs;

    public int Outputs => outputs;

    /// <summary>Row-major.</summary>
    public float[] Weights { get; } = new float[inputs * outputs];

    /// <summary>y[to + i] gets weight · x[from + i].</summary>
    public Projection Copy(int from, int to, int length, float weight = 1)
    {
        for (var i = 0; i < length; i++)
            Add(from + i, to + i, weight);
        return this;
    }

    /// <summary>y[to] gets weight · x[from].</summary>
    public Projection Add(int from, int to, float weight)
    {
        Debug.Assert(from < inputs && to < outputs, "inside the matrix");
        Weights[from * outputs + to] += weight;
        return this;
    }
}
