namespace Hybrid.Bench;

/// <summary>A comparison: two ways to do one thing, measured in one run, since absolute times say little across machines.</summary>
internal interface IBenchmark
{
    /// <summary>What one types after <c>./hybrid bench</c>.</summary>
    string Name { get; }

    /// <summary>One line: what is compared with what; then its options in brackets, if it has any.</summary>
    string Summary { get; }

    /// <summary>Takes its options; those it does not ask for are refused.</summary>
    /// <exception cref="FormatException">A value makes no sense.</exception>
    void Configure(BenchOptions options)
    {
    }

    /// <summary>Runs it, with a line for each step on <paramref name="output"/>.</summary>
    /// <returns>The figures by name; ratios are baseline ÷ ours, so that more than 1 means that ours is faster.</returns>
    Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken);
}
