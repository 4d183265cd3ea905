using System.Collections.Concurrent;

namespace Hybrid.GpuHost.Execution;

/// <summary>
/// One thread on which runs go one after another. A run blocks its thread for milliseconds; on the thread pool, which starts with as
/// many threads as cores, two of them would stop every request of the process. Jobs are bounded by who posts them: a batch owner posts
/// one per lane.
/// </summary>
public sealed class ExecutionLane : IDisposable
{
    private readonly BlockingCollection<Action> _jobs = [];
    private readonly Thread _thread;

    public ExecutionLane(string name)
    {
        _thread = new Thread(Work) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs <paramref name="job"/> on the lane's thread, after those posted before.</summary>
    public Task<T> RunAsync<T>(Func<T> job)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _jobs.Add(() =>
        {
            try
            {
                completion.SetResult(job());
            }
            catch (Exception exception)
            {
                completion.SetException(exception);
            }
        });
        return completion.Task;
    }

    /// <summary>Lets what was posted finish, then ends the thread; does not wait for it. Once or more often.</summary>
    public void Dispose() => _jobs.CompleteAdding();

    private void Work()
    {
        foreach (var job in _jobs.GetConsumingEnumerable())
        {
            job();
        }

        // The collection is left to the collector: to dispose it here would race with a second Dispose, and with the end of the first.
    }
}
