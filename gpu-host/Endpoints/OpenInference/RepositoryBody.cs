using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hybrid.Contracts.Errors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>The small JSON bodies of the repository extension, which may be left out.</summary>
internal static class RepositoryBody
{
    // Of an index or load request; Event Grid delivers up to 1 MB at once.
    public const int MaxBytes = 1 << 20;

    /// <summary>Null: there is no body.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/> or <see cref="ErrorCode.PayloadTooLarge"/>.</exception>
    public static async Task<T?> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        using var body = await RequestBody.ReadAsync(request, request.HttpContext.RequestAborted);
        if (body.Bytes.Length > MaxBytes)
        {
            throw new HybridException(ErrorCode.PayloadTooLarge, $"The body has {body.Bytes.Length} bytes; at most {MaxBytes} are read here.");
        }

        return body.Bytes.IsEmpty ? null : Parse(body, type);
    }

    private static T? Parse<T>(RequestBody body, JsonTypeInfo<T> type)
    {
        try
        {
            var reader = new Utf8JsonReader(body.Bytes);
            return JsonSerializer.Deserialize(ref reader, type);
        }
        catch (JsonException exception)
        {
            throw new HybridException(new Error(ErrorCode.InvalidRequest, $"The body is not readable: {exception.Message}"), exception);
        }
    }
}
