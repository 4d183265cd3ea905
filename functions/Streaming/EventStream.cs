using System.Buffers;
using System.Text.Json;
using Hybrid.Functions.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hybrid.Functions.Streaming;

/// <summary>A response of server-sent events (WHATWG HTML, 9.2), each of which leaves at once. It begins with the first of them.</summary>
/// <param name="response">Whose body it is.</param>
/// <param name="readTimeout">How long the client may take nothing.</param>
/// <param name="time">Measures it.</param>
internal sealed class EventStream(HttpResponse response, TimeSpan readTimeout, TimeProvider time)
{
    private const string MediaType = "text/event-stream";

    /// <summary>Whether events were sent already, so that whatever comes must be one of them.</summary>
    public static bool HasBegun(HttpResponse response) =>
        response.HasStarted && response.ContentType?.StartsWith(MediaType, StringComparison.Ordinal) == true;

    /// <summary>Sends a value as JSON.</summary>
    public async Task SendAsync<T>(T value)
    {
        Write("data: "u8, JsonSerializer.SerializeToUtf8Bytes(value, ApiJson.Options));
        await FlushAsync();
    }

    /// <summary>Sends OpenAI's sign that all was sent.</summary>
    public async Task SendDoneAsync()
    {
        Write("data: "u8, "[DONE]"u8);
        await FlushAsync();
    }

    /// <summary>Sends a comment, which clients skip.</summary>
    public async Task PingAsync()
    {
        Write(": "u8, "ping"u8);
        await FlushAsync();
    }

    private void Write(ReadOnlySpan<byte> field, ReadOnlySpan<byte> line)
    {
        if (!response.HasStarted)
        {
            Begin();
        }

        response.BodyWriter.Write(field);
        response.BodyWriter.Write(line);
        response.BodyWriter.Write("\n\n"u8);
    }

    private async Task FlushAsync()
    {
        var flush = response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);
        if (flush.IsCompleted)
        {
            await flush;
            return;
        }

        try
        {
            await flush.AsTask().WaitAsync(readTimeout, time);
        }
        catch (TimeoutException)
        {
            // The server's own least rate would wait as long as the full buffers take at 240 bytes a second: minutes.
            response.HttpContext.Abort();
            throw new OperationCanceledException($"The client read nothing for {readTimeout}.");
        }
    }

    private void Begin()
    {
        response.ContentType = MediaType + "; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        // nginx, and ingresses made of it, would hold events back.
        response.Headers["x-accel-buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }
}
