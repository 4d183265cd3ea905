namespace Hybrid.GpuHost.Weights.Downloads;

/// <summary>Tries again what may pass, with growing waits, until a number of tries in a row brought nothing.</summary>
internal sealed class SourceRetries(WeightsOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    /// <param name="what">What is wanted, for messages.</param>
    /// <param name="attempt">One try.</param>
    /// <param name="progress">Grows when a try brings something, although it fails: the next one is then the first again.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="WeightsException">The tries are used up.</exception>
    public async Task<T> RunAsync<T>(string what, Func<Task<T>> attempt, Func<long> progress, CancellationToken cancellationToken)
    {
        var (failures, delay, before) = (0, options.RetryDelay, progress());
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (Exception exception) when (SourceFailures.IsTransient(exception, cancellationToken))
            {
                if (progress() > before)
                {
                    (failures, delay, before) = (0, options.RetryDelay, progress());
                }

                if (++failures == options.MaxAttempts)
                {
                    throw new WeightsException($"{what} could not be had in {failures} tries: {SourceFailures.Reason(exception)}", exception) { MayPass = true };
                }

                Log.DownloadRetried(logger, what, failures, SourceFailures.Reason(exception));
            }

            await Task.Delay(delay, time, cancellationToken);
            delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay;
        }
    }
}
