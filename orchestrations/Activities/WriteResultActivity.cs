using Hybrid.Orchestrations.Results;

namespace Hybrid.Orchestrations.Activities;

/// <summary>Writes a queued run's result to its blob. Writing twice is the same as writing once.</summary>
public sealed class WriteResultActivity(ResultStore results)
{
    public Task RunAsync(RunResult input, CancellationToken cancellation) => results.WriteAsync(input, cancellation);
}
