using System.Buffers;
using System.Text.Json;
using Hybrid.Contracts.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Hybrid.Functions.Requests;

/// <summary>Reads JSON bodies: within the size limit, within the request's time, and with errors that a client can act on.</summary>
public sealed class RequestReader(IOptions<RequestOptions> options)
{
    /// <exception cref="HybridException">Too large, not JSON, of the wrong shape, or too slow.</exception>
    public Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellation)
        where T : class =>
        ApiCall.Of(request).Deadline.RunAsync(
            "The request's body", async token => Parse<T>(await ReadBytesAsync(request, token)), cancellation);

    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>, saying where.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, ApiJson.Options)
                ?? throw new HybridException(ErrorCode.InvalidRequest, "The body is null; a JSON object is needed.");
        }
        catch (JsonException exception)
        {
            throw new HybridException(Explain(exception), exception);
        }
    }

    private async Task<byte[]> ReadBytesAsync(HttpRequest request, CancellationToken cancellation)
    {
        var most = options.Value.MaxBodyBytes;
        if (request.ContentLength > most)
        {
            throw TooLarge(most);
        }

        while (true)
        {
            var result = await request.BodyReader.ReadAsync(cancellation);
            if (result.Buffer.Length > most)
            {
                // Let go of what was read, so that the server can drain the rest and answer.
                request.BodyReader.AdvanceTo(result.Buffer.End);
                throw TooLarge(most);
            }

            if (result.IsCompleted)
            {
                var bytes = result.Buffer.ToArray();
                request.BodyReader.AdvanceTo(result.Buffer.End);
                return bytes;
            }

            request.BodyReader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static HybridException TooLarge(int most) =>
        new(ErrorCode.PayloadTooLarge, $"The body is larger than {most} bytes.");

    // The serializer's own message names types of this program; what a client needs is the place.
    private static Error Explain(JsonException exception)
    {
        var place = exception.LineNumber is { } line ? $" (line {line + 1}, byte {exception.BytePositionInLine + 1})" : "";
        var field = exception.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
        return field is null
            ? new Error(ErrorCode.InvalidRequest, $"The body is not a JSON object that can be read{place}.")
            : new Error(ErrorCode.InvalidRequest, $"'{field}' is not JSON of the kind that belongs there{place}.", field);
    }
}
