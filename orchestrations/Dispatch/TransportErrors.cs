using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>The one place where what goes wrong between pool and host becomes an <see cref="Error"/> and a <see cref="HostSign"/>.</summary>
internal static class TransportErrors
{
    /// <summary>What a failed exchange means; null for what is no failure of the exchange (a cancellation, a fault of ours).</summary>
    public static (Error Error, HostSign Sign)? From(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } =>
            (new Error(ErrorCode.Unavailable, "A GPU host could not be reached."), HostSign.Unreachable),
        HttpRequestException or IOException => (new Error(ErrorCode.Unavailable, "A GPU host broke off its reply."), HostSign.Failed),
        TimeoutException => (new Error(ErrorCode.Unavailable, "A GPU host stopped in the midst of its reply."), HostSign.Failed),
        InvalidDataException or HybridException => (new Error(ErrorCode.Internal, "A GPU host's reply cannot be read."), HostSign.Failed),
        _ => null,
    };

    /// <summary>The error that a host sent, or what its status says when the body is not readable.</summary>
    public static (Error Error, HostSign Sign) FromResponse(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var error = ReplyBody.IsMessagePack(response.Content) && !response.IsSuccessStatusCode ? TryDecode(body) : null;
        error ??= FromStatus((int)response.StatusCode);
        error = error.RetryAfter is null && response.Headers.RetryAfter?.Delta is { } delta && error.Code.IsTransient()
            ? error with { RetryAfter = delta }
            : error;
        return (error, SignOf(error, response));
    }

    /// <summary>What an error that a host sent in the midst of its reply shows: it worked until then.</summary>
    public static HostSign SignOf(Error late) => late.Code == ErrorCode.Internal ? HostSign.Failed : HostSign.Works;

    private static HostSign SignOf(Error error, HttpResponseMessage response) => error.Code switch
    {
        ErrorCode.Internal => HostSign.Failed,
        ErrorCode.Unavailable when !IsOfOneModel(response) => HostSign.NotReady,
        _ => HostSign.Works,
    };

    // A limiter that keeps requests from one slow model says nothing about the others.
    private static bool IsOfOneModel(HttpResponseMessage response) =>
        response.Headers.TryGetValues(HybridHeaders.DropReason, out var reasons) && reasons.Contains(DropReasons.LatencyOpen);

    private static Error? TryDecode(ReadOnlyMemory<byte> body)
    {
        try
        {
            return Wire.Decode<Error>(body);
        }
        catch (HybridException)
        {
            return null;
        }
    }

    private static Error FromStatus(int status) => status switch
    {
        404 or 405 => new Error(ErrorCode.NotImplemented, "A GPU host does not know this task; it may be of an older version."),
        429 => new Error(ErrorCode.Overloaded, "A GPU host has too much work."),
        502 or 503 => new Error(ErrorCode.Unavailable, "A GPU host is not ready."),
        504 => new Error(ErrorCode.DeadlineExceeded, "A GPU host did not end in time."),
        _ => new Error(ErrorCode.Internal, $"A GPU host answered with status {status} and a body that cannot be read."),
    };
}
