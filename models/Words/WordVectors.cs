using Hybrid.Models.Randomness;

namespace Hybrid.Models.Words;

/// <summary>
/// A unit vector per word, without any training: a random one for its stem, to which smaller random ones for its character groups are
/// added (as fastText does), so that words of one stem nearly coincide, related ones are near, and others are close to orthogonal.
/// </summary>
public sealed class WordVectors(int dimensions)
{
    // A shared stem alone gives a cosine of about 0.8, the groups the rest.
    private const float StemWeight = 2;
    private const int ShortestGroup = 4;
    private const int LongestGroup = 5;

    public int Dimensions => dimensions;

    /// <summary>The word's vector; zero for an empty word.</summary>
    public float[] Of(string word, string stem)
    {
        var vector = new float[dimensions];
        if (word.Length == 0)
            return vector;
        AddRandom(stem, "stem", StemWeight, vector);
        var groups = Groups($"<{word}>").ToArray();
        foreach (var group in groups)
            AddRandom(group, "group", 1 / MathF.Sqrt(groups.Length), vector);

        var norm = MathF.Sqrt(vector.Sum(x => x * x));
        for (var i = 0; i < dimensions; i++)
            vector[i] /= norm;
        return vector;
    }

    private static IEnumerable<string> Groups(string text)
    {
        for (var length = ShortestGroup; length <= LongestGroup; length++)
        {
            for (var start = 0; start + length <= text.Length; start++)
                yield return text.Substring(start, length);
        }
    }

    private static void AddRandom(string text, string kind, float weight, float[] target)
    {
        var random = new SplitMix64(TextHash.Of($"{kind}:{text}"));
        for (var i = 0; i < target.Length; i++)
            target[i] += (random.Next() >> 63) == 0 ? weight : -weight;
    }
}
