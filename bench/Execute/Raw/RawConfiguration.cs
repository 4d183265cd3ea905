using System.Globalization;

namespace Hybrid.Bench.Execute.Raw;

/// <summary>One way to run a model with ONNX Runtime alone.</summary>
/// <param name="Sessions">Loops side by side, each with a session of its own.</param>
/// <param name="Threads">Threads inside one operator.</param>
/// <param name="Batch">Texts in one run.</param>
/// <param name="Spins">Whether idle threads spin; without other threads nobody waits.</param>
internal sealed record RawConfiguration(int Sessions, int Threads, int Batch, bool Spins)
{
    /// <summary>Most tokens in one run: past it a run takes long, and gives nothing more.</summary>
    private const int MaxTokens = 2048;

    private const int MaxBatch = 64;

    private static readonly bool[] Unspun = [false];
    private static readonly bool[] SpunAndUnspun = [false, true];

    /// <summary>All that are worth trying for texts of one length: as many threads as there are cores, and up to twice as many.</summary>
    public static IEnumerable<RawConfiguration> Sweep(int cores, int tokens) =>
        from sessions in Counts(cores).Append(cores + 1)
        from threads in Counts(cores)
        where sessions * threads <= 2 * cores
        from spins in threads == 1 ? Unspun : SpunAndUnspun
        from batch in Counts(Math.Min(MaxBatch, MaxTokens / tokens))
        select new RawConfiguration(sessions, threads, batch, spins);

    public static RawConfiguration Parse(string text)
    {
        int[] parts = [.. text.Split('x').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        return new RawConfiguration(parts[0], parts[1], parts[2], parts[3] == 1);
    }

    /// <summary>The form that <see cref="Parse"/> reads.</summary>
    public string ToArgument() => $"{Sessions}x{Threads}x{Batch}x{(Spins ? 1 : 0)}";

    public override string ToString() => $"{Sessions} sessions × {Threads} threads{(Spins ? ", spinning" : "")}, batch {Batch}";

    private static IEnumerable<int> Counts(int most)
    {
        for (var count = 1; count < most; count *= 2)
        {
            yield return count;
        }

        yield return most;
    }
}
