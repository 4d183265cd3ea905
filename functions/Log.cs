using Hybrid.Contracts.Errors;
using Microsoft.Extensions.Logging;

namespace Hybrid.Functions;

/// <summary>Every log line of this project. Event ids are stable.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "{Function} failed, request {RequestId}")]
    public static partial void FunctionFailed(ILogger logger, string function, string requestId, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "{Function} answered {Code}, request {RequestId}: {Message}")]
    public static partial void Refused(ILogger logger, string function, ErrorCode code, string requestId, string message);

    [LoggerMessage(3, LogLevel.Warning, "{Function}: storage does not answer as it should (status {Status}, {StorageError}), request {RequestId}")]
    public static partial void StorageFailed(ILogger logger, string function, int status, string? storageError, string requestId);

    [LoggerMessage(4, LogLevel.Warning, "No API key is configured: every public route answers 401. Set ApiKeys__0__Key and ApiKeys__0__Tenant")]
    public static partial void NoApiKeys(ILogger logger);

    [LoggerMessage(5, LogLevel.Warning, "Requests without an API key are served, as tenant {Tenant}: Authentication:AllowAnonymous is true")]
    public static partial void AnonymousAllowed(ILogger logger, string tenant);

    [LoggerMessage(6, LogLevel.Information, "Queue message {Id} is not acceptable; its result says why: {Message}")]
    public static partial void MessageRefused(ILogger logger, string id, string message);

    [LoggerMessage(7, LogLevel.Information, "Queue message {Id} was delivered again; run {Run} is {Status}")]
    public static partial void MessageRepeated(ILogger logger, string id, string run, string status);

    [LoggerMessage(8, LogLevel.Information, "Queue message {Id} runs as {Run}")]
    public static partial void MessageAccepted(ILogger logger, string id, string run);
}
