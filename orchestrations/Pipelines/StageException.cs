using Hybrid.Contracts.Errors;

namespace Hybrid.Orchestrations.Pipelines;

/// <summary>
/// A failure that crosses the durable boundary. Of an exception only its message is sure to arrive on the other side (the
/// Functions host keeps the first line of its text), so the error travels in the message.
/// </summary>
public sealed class StageException(Error error) : Exception(FailureText.Write(error))
{
    public Error Error { get; } = error;

    /// <summary>Runs an activity's work; what it throws of ours becomes what can cross.</summary>
    public static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (HybridException exception)
        {
            throw new StageException(exception.Error);
        }
    }
}
