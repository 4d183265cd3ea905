using Microsoft.DurableTask;

namespace Hybrid.LocalHost.Durable.History;

/// <summary>Why a task or an orchestration failed, as it is recorded: the exception object itself never crosses.</summary>
/// <param name="ErrorType">Full name of the exception's type, or one of the names in <see cref="Failures"/>.</param>
/// <param name="NonRetriable">No retry policy or handler is asked: another attempt cannot end otherwise.</param>
internal sealed record Failure(string ErrorType, string ErrorMessage, string? StackTrace = null, Failure? Inner = null, bool NonRetriable = false)
{
    /// <summary>Characters of a stack trace that are kept: deeper frames repeat, and a failure must fit into the history.</summary>
    private const int MaxStackTrace = 16 * 1024;

    /// <summary>Inner exceptions that are kept.</summary>
    private const int MaxDepth = 10;

    public static Failure From(Exception exception) => From(exception, MaxDepth);

    public TaskFailureDetails ToDetails() => new(ErrorType, ErrorMessage, StackTrace, Inner?.ToDetails(), null);

    private static Failure From(Exception exception, int depth)
    {
        // A task's failure inside an orchestrator carries what happened in FailureDetails, not in InnerException.
        var inner = depth == 0 ? null : exception switch
        {
            TaskFailedException failed => From(failed.FailureDetails, depth - 1),
            { InnerException: { } cause } => From(cause, depth - 1),
            _ => null,
        };
        return new Failure(exception.GetType().ToString(), exception.Message, Cut(exception.StackTrace), inner);
    }

    private static Failure From(TaskFailureDetails details, int depth) => new(
        details.ErrorType,
        details.ErrorMessage,
        Cut(details.StackTrace),
        details.InnerFailure is { } inner && depth > 0 ? From(inner, depth - 1) : null);

    private static string? Cut(string? text) => text is { Length: > MaxStackTrace } ? text[..MaxStackTrace] : text;
}
