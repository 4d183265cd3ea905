using Azure;
using Azure.Identity;
using Hybrid.Contracts.Errors;

namespace Hybrid.Stack.Publishing.Blobs;

/// <summary>What blob storage throws, in one line for a person: its own messages hold URIs and headers.</summary>
internal static class BlobFailures
{
    /// <summary>Runs a call; a failure becomes <see cref="ErrorCode.Unavailable"/> with the place and the reason.</summary>
    public static async Task<T> ToldAsync<T>(string place, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (ReasonOf(exception) is { } reason)
        {
            throw new HybridException(new Error(ErrorCode.Unavailable, $"{place}: {reason}"), exception);
        }
    }

    /// <summary>Whether a condition of the call did not hold: somebody else wrote, or was there before.</summary>
    public static bool IsConflict(RequestFailedException exception) => exception.Status is 409 or 412;

    private static string? ReasonOf(Exception exception) => exception switch
    {
        // The client's own retries end in an aggregate of what each try met.
        AggregateException { InnerExceptions: [.., var last] } => ReasonOf(last),
        AuthenticationFailedException => "no identity to enter with; sign in (az login)",
        RequestFailedException { Status: 0 } failed => $"it does not answer: {failed.Message.Split('\n')[0].TrimEnd()}",
        RequestFailedException { ErrorCode: "ContainerNotFound" } => "there is no such container",
        RequestFailedException { Status: 401 or 403 } failed =>
            $"entry was refused ({failed.ErrorCode}); publishing takes the role Storage Blob Data Contributor, or a signature with read, write and list",
        RequestFailedException failed => $"it answered {failed.Status} {failed.ErrorCode}",
        _ => null,
    };
}
