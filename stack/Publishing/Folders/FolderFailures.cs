using Hybrid.Contracts.Errors;

namespace Hybrid.Stack.Publishing.Folders;

internal static class FolderFailures
{
    /// <summary>Runs a call; what the file system refuses becomes <see cref="ErrorCode.Unavailable"/> with the place and the reason.</summary>
    public static async Task<T> ToldAsync<T>(string place, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HybridException(new Error(ErrorCode.Unavailable, $"{place}: {exception.Message}"), exception);
        }
    }
}
