using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Dispatch;
using Microsoft.Extensions.Logging;

namespace Hybrid.Orchestrations;

/// <summary>Every log line of this project. Event ids are stable.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "GPU host {Host} is ready")]
    public static partial void HostReady(ILogger logger, Uri host);

    [LoggerMessage(2, LogLevel.Warning, "GPU host {Host} is not ready, not reachable or failing (breaker {Breaker}); others take its work until it is back")]
    public static partial void HostLost(ILogger logger, Uri host, BreakerState breaker);

    [LoggerMessage(3, LogLevel.Information, "{Route} on {Host} failed ({Sign}): {Code} {Message}")]
    public static partial void AttemptFailed(ILogger logger, string route, Uri host, HostSign sign, ErrorCode code, string message);

    [LoggerMessage(4, LogLevel.Debug, "Collection {Collection} changed while it was written; try {Attempt}")]
    public static partial void WriteRaceLost(ILogger logger, string collection, int attempt);

    [LoggerMessage(5, LogLevel.Information, "Collection {Collection}: {Count} documents, {Bytes} bytes written")]
    public static partial void CollectionWritten(ILogger logger, string collection, int count, long bytes);

    [LoggerMessage(6, LogLevel.Error, "Collection {Collection} cannot be read: {Reason}")]
    public static partial void CollectionCorrupt(ILogger logger, string collection, string reason);

    [LoggerMessage(7, LogLevel.Information, "GPU host {Host} is healthy after its failures; one call at a time finds out whether it works")]
    public static partial void HostOnTrial(ILogger logger, Uri host);

    [LoggerMessage(30, LogLevel.Information, "Redis answers; entries are shared with other processes")]
    public static partial void RedisUsed(ILogger logger);

    [LoggerMessage(31, LogLevel.Warning, "Redis does not answer ({Reason}); every process keeps entries for itself until it does")]
    public static partial void RedisLost(ILogger logger, string reason);
}
