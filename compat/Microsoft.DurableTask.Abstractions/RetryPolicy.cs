using System.ComponentModel;
using CoreTaskFailedException = DurableTask.Core.Exceptions.TaskFailedException;

namespace Microsoft.DurableTask;

/// <summary>When a failed task is tried again, and how long after.</summary>
public class RetryPolicy
{
    /// <param name="maxNumberOfAttempts">All attempts, the first among them; 1 or more.</param>
    /// <param name="firstRetryInterval">The wait before the second attempt; more than zero.</param>
    /// <param name="backoffCoefficient">What each further wait is multiplied with; 1 or more.</param>
    /// <param name="maxRetryInterval">The longest wait; one hour if null.</param>
    /// <param name="retryTimeout">No attempt starts after this time; infinite if null.</param>
    public RetryPolicy(
        int maxNumberOfAttempts,
        TimeSpan firstRetryInterval,
        double backoffCoefficient = 1.0,
        TimeSpan? maxRetryInterval = null,
        TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNumberOfAttempts);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        ThrowIfLess(backoffCoefficient, 1.0, nameof(backoffCoefficient));
        if (maxRetryInterval != Timeout.InfiniteTimeSpan)
            ThrowIfLess(maxRetryInterval, firstRetryInterval, nameof(maxRetryInterval));
        if (retryTimeout != Timeout.InfiniteTimeSpan)
            ThrowIfLess(retryTimeout, firstRetryInterval, nameof(retryTimeout));

        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = maxRetryInterval ?? TimeSpan.FromHours(1);
        RetryTimeout = retryTimeout ?? Timeout.InfiniteTimeSpan;
        Handle = _ => true;
    }

    public int MaxNumberOfAttempts { get; }

    public TimeSpan FirstRetryInterval { get; }

    public double BackoffCoefficient { get; }

    public TimeSpan MaxRetryInterval { get; }

    public TimeSpan RetryTimeout { get; }

    /// <summary>
    /// How a backend asks whether to try again. Where <see cref="HandleFailure"/> is set, it understands only the backend's own
    /// exception, <see cref="CoreTaskFailedException"/> with its failure details.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Func<Exception, bool> Handle { get; private init; }

    [Obsolete("This functionality is not implemented. Will be removed in the future. Use TaskOptions.FromRetryHandler or HandleFailure instead.")]
    public Func<Exception, Task<bool>>? HandleAsync { get; set; }

    /// <summary>Says whether a failure is worth another attempt; every one is, if this is not set.</summary>
    public Func<TaskFailureDetails, bool> HandleFailure
    {
        init => Handle = exception => exception is CoreTaskFailedException { FailureDetails: { } details }
            ? value(details.ToTaskFailureDetails())
            : throw new InvalidOperationException("HandleFailure needs the failure details of a DurableTask.Core.Exceptions.TaskFailedException.");
    }

    private static void ThrowIfLess<T>(T? value, T least, string name)
        where T : struct, IComparable<T>
    {
        if (value is { } given && given.CompareTo(least) < 0)
            throw new ArgumentOutOfRangeException(name, given, $"The value for {name} must be greater or equal to {least}.");
    }
}
