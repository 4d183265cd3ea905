using Microsoft.DurableTask;

#pragma warning disable IDE0130 // of the package DurableTask.Core, below the Durable Task SDK
namespace DurableTask.Core
{
    /// <summary>Failure details as the backends carry them; <see cref="RetryPolicy.Handle"/> is asked with these.</summary>
    public class FailureDetails : IEquatable<FailureDetails>
    {
        public FailureDetails(
            string errorType,
            string errorMessage,
            string? stackTrace,
            FailureDetails? innerFailure,
            bool isNonRetriable,
            IDictionary<string, object?>? properties = null)
        {
            ErrorType = errorType;
            ErrorMessage = errorMessage;
            StackTrace = stackTrace;
            InnerFailure = innerFailure;
            IsNonRetriable = isNonRetriable;
            Properties = properties;
        }

        public string ErrorType { get; }

        public string ErrorMessage { get; }

        public string? StackTrace { get; }

        public FailureDetails? InnerFailure { get; }

        public bool IsNonRetriable { get; }

        public IDictionary<string, object?>? Properties { get; }

        public override bool Equals(object? obj) => Equals(obj as FailureDetails);

        public bool Equals(FailureDetails? other) => other is not null
            && (ErrorType, ErrorMessage, StackTrace).Equals((other.ErrorType, other.ErrorMessage, other.StackTrace))
            && Equals(InnerFailure, other.InnerFailure);

        public override int GetHashCode() => HashCode.Combine(ErrorType, ErrorMessage, StackTrace, InnerFailure);

        internal TaskFailureDetails ToTaskFailureDetails() =>
            new(ErrorType, ErrorMessage, StackTrace, InnerFailure?.ToTaskFailureDetails(), Properties);
    }
}

namespace DurableTask.Core.Exceptions
{
    public class OrchestrationException : Exception
    {
        public OrchestrationException()
        {
        }

        public OrchestrationException(string message)
            : base(message)
        {
        }

        public OrchestrationException(string message, Exception innerException)
            : base(message, innerException)
        {
        }

        public FailureDetails? FailureDetails { get; set; }
    }

#nullable disable // as in the real package
    public class TaskFailedException : OrchestrationException
    {
        public TaskFailedException()
        {
        }

        public TaskFailedException(string reason)
            : base(reason)
        {
        }

        public TaskFailedException(string reason, Exception innerException)
            : base(reason, innerException)
        {
        }
    }

    /// <summary>Thrown where an instance id is taken and its status does not allow another start.</summary>
    public class OrchestrationAlreadyExistsException : InvalidOperationException
    {
        public OrchestrationAlreadyExistsException()
        {
        }

        public OrchestrationAlreadyExistsException(string message)
            : base(message)
        {
        }
    }
}
