namespace Hybrid.GpuHost.Execution;

/// <summary>How a model uses the processor.</summary>
/// <param name="Instances">Runs side by side.</param>
/// <param name="Threads">Threads of one run.</param>
/// <param name="BatchTokens">Tokens of a batch, padding included, past which rows are computed no faster; 0: not measured.</param>
public readonly record struct ExecutionPlan(int Instances, int Threads, int BatchTokens = 0)
{
    /// <summary>
    /// Sessions that it takes. Instances of one thread share one: their runs compute on the threads that call, and nothing is there twice.
    /// Instances of several threads have one each, so that each has threads of its own.
    /// </summary>
    public int Sessions => Threads == 1 ? 1 : Instances;

    public override string ToString() => FormattableString.Invariant($"{Instances} x {Threads}");
}
