using Microsoft.Extensions.ObjectPool;

namespace Hybrid.GpuHost.Admission;

/// <summary>
/// Budgets that begin again: a new one with its timer would be 0.4 KB of the 1.5 KB that a request may allocate.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="most">That are kept.</param>
internal sealed class RequestBudgets(TimeProvider time, int most)
{
    private readonly DefaultObjectPool<RequestBudget> _pool = new(new Policy(time), most);

    public RequestBudget Begin(TimeSpan left, int priority, CancellationToken clientLeft, CancellationToken cutOff)
    {
        var budget = _pool.Get();
        budget.Begin(left, priority, clientLeft, cutOff);
        return budget;
    }

    /// <param name="budget">Of a request that is answered.</param>
    /// <param name="reusable">Nothing of the request is left that could still look at it.</param>
    public void End(RequestBudget budget, bool reusable)
    {
        if (reusable)
        {
            _pool.Return(budget);
        }
        else
        {
            budget.Dispose();
        }
    }

    private sealed class Policy(TimeProvider time) : IPooledObjectPolicy<RequestBudget>
    {
        public RequestBudget Create() => new(time);

        public bool Return(RequestBudget budget)
        {
            var again = budget.TryReset();
            if (!again)
            {
                budget.Dispose();
            }

            return again;
        }
    }
}
