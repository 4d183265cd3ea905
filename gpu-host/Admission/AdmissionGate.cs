using System.Globalization;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Admission.Tenants;
using Hybrid.GpuHost.Telemetry;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Admission;

/// <summary>The host's door: counts who is inside, and gives everyone who comes in a budget.</summary>
public sealed class AdmissionGate(IOptions<AdmissionOptions> options, TenantQuota quota, HostTelemetry telemetry, TimeProvider time) : IDisposable
{
    private const int LongestTenant = 256;

    private readonly AdmissionOptions _options = options.Value;
    private readonly RequestBudgets _budgets = new(time, options.Value.MaxConcurrentRequests);
    private readonly CancellationTokenSource _cutOff = new();
    private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _closed;
    private PaddedCounter _inside;

    /// <summary>Requests that were let in and are not answered yet.</summary>
    public int Inside => _inside.Value;

    /// <summary>Lets a request in; when it is answered it has to <see cref="Leave"/>.</summary>
    /// <exception cref="HybridException">
    /// <see cref="ErrorCode.Overloaded"/>: too many are inside, or the tenant's share is used up. <see cref="ErrorCode.DeadlineExceeded"/>: its budget is spent already.
    /// <see cref="ErrorCode.Unavailable"/>: the host is stopping.
    /// <see cref="ErrorCode.InvalidRequest"/>: its budget or its priority is no number, or its tenant's name too long.
    /// </exception>
    public RequestBudget Admit(HttpContext http)
    {
        var left = BudgetOf(http.Request);
        if (left <= TimeSpan.Zero)
        {
            throw new HybridException(ErrorCode.DeadlineExceeded, "The budget was spent when the request came.");
        }

        var priority = PriorityOf(http.Request);

        // A share is used up by what is rejected further in, too: hammering on a busy host is not free.
        if (!quota.TryTake(TenantOf(http.Request), out var retryAfter))
        {
            throw RejectReason.TenantQuota.ToException(retryAfter);
        }

        // Counted before it looks whether the door is closed: so whoever closes it sees everyone who came through.
        var inside = _inside.Add(1);
        if (_closed || inside > _options.MaxConcurrentRequests)
        {
            Uncount();
            throw new HybridException(_closed
                ? new Error(ErrorCode.Unavailable, "The host is stopping.", RetryAfter: _options.RetryAfter)
                : new Error(ErrorCode.Overloaded, $"{_options.MaxConcurrentRequests} requests are in work already.", RetryAfter: _options.RetryAfter));
        }

        telemetry.Active.Add(1);
        return _budgets.Begin(left, priority, http.RequestAborted, _cutOff.Token);
    }

    /// <summary>Lets nobody in any more.</summary>
    /// <returns>Ends when the last one inside has left.</returns>
    public Task CloseAsync()
    {
        _closed = true;
        Interlocked.MemoryBarrier();
        if (Inside == 0)
        {
            _emptied.TrySetResult();
        }

        return _emptied.Task;
    }

    /// <summary>Ends the work of everyone inside; they are answered <see cref="ErrorCode.Unavailable"/>.</summary>
    public void CutOff() => _cutOff.Cancel();

    public void Dispose() => _cutOff.Dispose();

    /// <param name="budget">What the request came in with; null: it was not let in.</param>
    /// <param name="reusable">Nothing of the request is left that could still look at its budget.</param>
    public void Leave(RequestBudget? budget, bool reusable)
    {
        if (budget is null)
        {
            return;
        }

        _budgets.End(budget, reusable);
        telemetry.Active.Add(-1);
        Uncount();
    }

    private void Uncount()
    {
        if (_inside.Add(-1) == 0 && _closed)
        {
            _emptied.TrySetResult();
        }
    }

    // Requests without a tenant share one.
    private static string TenantOf(HttpRequest request)
    {
        var tenant = request.Headers[HybridHeaders.Tenant].ToString();
        return tenant.Length <= LongestTenant
            ? tenant
            : throw new HybridException(ErrorCode.InvalidRequest, $"{HybridHeaders.Tenant} has more than {LongestTenant} characters.", HybridHeaders.Tenant);
    }

    private static int PriorityOf(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(HybridHeaders.Priority, out var header))
        {
            return 0;
        }

        return int.TryParse(header.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var priority)
            ? priority
            : throw new HybridException(ErrorCode.InvalidRequest, $"{HybridHeaders.Priority} is no whole number from 0.", HybridHeaders.Priority);
    }

    private TimeSpan BudgetOf(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(HybridHeaders.BudgetMs, out var header))
        {
            return _options.DefaultBudget;
        }

        return long.TryParse(header.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, _options.MaxBudget.TotalMilliseconds))
            : throw new HybridException(ErrorCode.InvalidRequest, $"{HybridHeaders.BudgetMs} is no whole number of milliseconds.", HybridHeaders.BudgetMs);
    }
}
