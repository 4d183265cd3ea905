using System.Numerics.Tensors;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;

namespace Hybrid.GpuHost.Generation.Decoding;

/// <summary>
/// Chooses the next token of one sequence from its logits: temperature, then the k likeliest, then the likeliest that together reach p,
/// then one of these by chance. Same settings, seed and logits: same tokens, whatever else the host does.
/// </summary>
internal sealed class TokenSampler
{
    private readonly Sampling _sampling;
    private ulong _state;

    /// <exception cref="HybridException"><see cref="ErrorCode.Unprocessable"/>: a setting is outside its range.</exception>
    public TokenSampler(Sampling sampling)
    {
        Check("temperature", sampling.Temperature is >= 0 and <= 100, "0 to 100");
        Check("top_p", sampling.TopP is > 0 and <= 1, "over 0, up to 1");
        Check("top_k", sampling.TopK >= 0, "0 (all) or more");
        _sampling = sampling;
        _state = (ulong)(sampling.Seed ?? Random.Shared.NextInt64());
    }

    /// <exception cref="HybridException"><see cref="ErrorCode.Internal"/>: the model gave no numbers.</exception>
    public int Choose(ReadOnlySpan<float> logits)
    {
        // The first of equals; a NaN counts as the largest.
        var best = TensorPrimitives.IndexOfMax(logits);
        if (!float.IsFinite(logits[best]))
        {
            throw new HybridException(ErrorCode.Internal, "The model's logits are no finite numbers.");
        }

        if (_sampling.Temperature == 0 || _sampling.TopK == 1)
        {
            return best;
        }

        var candidates = Candidates(logits, logits[best]);
        return Draw(candidates, Kept(candidates));
    }

    /// <summary>Tokens with their weights, exp((logit − largest) / temperature), likeliest first; equals in the vocabulary's order.</summary>
    private (float Weight, int Token)[] Candidates(ReadOnlySpan<float> logits, float largest)
    {
        var all = new (float Weight, int Token)[logits.Length];
        for (var token = 0; token < logits.Length; token++)
        {
            all[token] = (MathF.Exp((logits[token] - largest) / _sampling.Temperature), token);
        }

        // Nothing is cut off: the order does not matter, and sorting a vocabulary takes longer than all else here.
        if (_sampling.TopK != 0 || _sampling.TopP < 1)
        {
            Array.Sort(all, static (a, b) => a.Weight != b.Weight ? b.Weight.CompareTo(a.Weight) : a.Token.CompareTo(b.Token));
        }

        return all;
    }

    /// <summary>How many of the candidates may be chosen.</summary>
    private int Kept((float Weight, int Token)[] candidates)
    {
        var kept = _sampling.TopK == 0 ? candidates.Length : Math.Min(_sampling.TopK, candidates.Length);
        if (_sampling.TopP >= 1)
        {
            return kept;
        }

        var enough = _sampling.TopP * Sum(candidates, kept);
        var sum = 0.0;
        for (var i = 0; i < kept; i++)
        {
            sum += candidates[i].Weight;
            if (sum >= enough)
            {
                return i + 1;
            }
        }

        return kept;
    }

    private int Draw((float Weight, int Token)[] candidates, int kept)
    {
        var left = NextUniform() * Sum(candidates, kept);
        for (var i = 0; i < kept; i++)
        {
            left -= candidates[i].Weight;
            if (left < 0)
            {
                return candidates[i].Token;
            }
        }

        // Rounding left a crumb over: the last that has any weight.
        return Array.FindLast(candidates[..kept], candidate => candidate.Weight > 0).Token;
    }

    private static double Sum((float Weight, int Token)[] candidates, int count)
    {
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            sum += candidates[i].Weight;
        }

        return sum;
    }

    /// <summary>SplitMix64 (Steele et al. 2014): a seed means the same on every runtime, which System.Random does not promise.</summary>
    private double NextUniform()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    private static void Check(string name, bool holds, string range)
    {
        if (!holds)
        {
            throw new HybridException(ErrorCode.Unprocessable, $"{name} has to be {range}.", name);
        }
    }
}
