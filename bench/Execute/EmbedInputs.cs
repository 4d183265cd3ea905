namespace Hybrid.Bench.Execute;

/// <summary>Texts as tokens, so that no server tokenizes better than another.</summary>
internal static class EmbedInputs
{
    /// <summary>Below are special tokens, above what a small vocabulary lacks.</summary>
    private const int FirstToken = 1000;

    private const int EndToken = 30000;

    public static int RandomToken(Random random) => random.Next(FirstToken, EndToken);

    /// <summary>Texts of one length; the same ones for the same length.</summary>
    public static IReadOnlyList<int[]> OfLength(int tokens, int count)
    {
        var random = new Random(tokens);
        return [.. Enumerable.Range(0, count).Select(_ => Text(random, tokens))];
    }

    public static int[] Text(Random random, int tokens) => [.. Enumerable.Range(0, tokens).Select(_ => RandomToken(random))];
}
