using System.Globalization;
using Hybrid.Contracts.Tensors;

namespace Hybrid.GpuHost.Models.Golden;

/// <summary>Holds an answer against the one that is known: names, types and shapes exactly, fractional numbers within a tolerance.</summary>
internal static class GoldenComparison
{
    /// <summary>The first difference in words; null: there is none.</summary>
    /// <param name="expected">The outputs that are known; what else the model gives is not looked at.</param>
    /// <param name="actual">The model's.</param>
    /// <param name="tolerance">How far a number may be off, absolutely.</param>
    public static string? Difference(IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual, double tolerance)
    {
        if (expected.Count == 0)
        {
            return "its reply has no output";
        }

        foreach (var known in expected)
        {
            if (actual.FirstOrDefault(output => output.Name == known.Name) is not { } output)
            {
                return $"there is no output '{known.Name}'";
            }

            if (output.Type != known.Type || !output.Shape.SequenceEqual(known.Shape))
            {
                return $"output '{known.Name}' is {Describe(output)} where {Describe(known)} was expected";
            }

            if (DifferenceOf(known, output, tolerance) is { } difference)
            {
                return $"output '{known.Name}' {difference}";
            }
        }

        return null;
    }

    private static string? DifferenceOf(Tensor expected, Tensor actual, double tolerance) => expected.Type switch
    {
        TensorType.Fp16 => Compare<Half>(expected, actual, tolerance, static value => (double)value),
        TensorType.Fp32 => Compare<float>(expected, actual, tolerance, static value => value),
        TensorType.Fp64 => Compare<double>(expected, actual, tolerance, static value => value),
        TensorType.Bytes => CompareTexts(expected, actual),
        _ => CompareBytes(expected, actual),
    };

    private static string? Compare<T>(Tensor expected, Tensor actual, double tolerance, Func<T, double> toDouble)
        where T : unmanaged
    {
        var wanted = expected.As<T>();
        var given = actual.As<T>();
        for (var i = 0; i < wanted.Length; i++)
        {
            var (a, b) = (toDouble(wanted[i]), toDouble(given[i]));

            // Equal covers the infinities, whose difference is no number; NaN is the answer only where it was expected.
            if (!(a.Equals(b) || Math.Abs(a - b) <= tolerance))
            {
                return string.Create(CultureInfo.InvariantCulture, $"has {b} at element {i} where {a} was expected, within {tolerance}");
            }
        }

        return null;
    }

    private static string? CompareTexts(Tensor expected, Tensor actual)
    {
        var wanted = new BytesElements(expected.Data);
        var given = new BytesElements(actual.Data);
        for (var i = 0L; wanted.MoveNext(); i++)
        {
            if (!given.MoveNext() || !wanted.Current.SequenceEqual(given.Current))
            {
                return $"has another text at element {i}";
            }
        }

        return null;
    }

    private static string? CompareBytes(Tensor expected, Tensor actual)
    {
        var wanted = expected.As<byte>();
        var same = wanted.CommonPrefixLength(actual.As<byte>());
        return same == wanted.Length ? null : $"has another value at element {same / expected.Type.Size()}";
    }

    private static string Describe(Tensor tensor) => $"{tensor.Type.ToName()} [{string.Join(", ", tensor.Shape)}]";
}
