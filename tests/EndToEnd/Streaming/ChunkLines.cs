using System.Text.Json;

namespace Hybrid.EndToEnd.Tests.Streaming;

/// <summary>JSON lines as they come.</summary>
internal sealed class ChunkLines(Func<CancellationToken, Task<string?>> next)
{
    /// <summary>All lines so far.</summary>
    public List<JsonElement> Seen { get; } = [];

    public string Text => string.Concat(Seen.Select(TextOf));

    public static string? TextOf(JsonElement line) =>
        line.TryGetProperty("choices", out var choices) && choices.GetArrayLength() > 0 && choices[0].GetProperty("delta").TryGetProperty("content", out var text)
            ? text.GetString()
            : null;

    public static string? FinishOf(JsonElement line) =>
        line.TryGetProperty("choices", out var choices) && choices.GetArrayLength() > 0 ? choices[0].GetProperty("finish_reason").GetString() : null;

    /// <summary>Until a line has text, the first part of the answer.</summary>
    public async Task FirstTextAsync(CancellationToken cancellation)
    {
        while (await NextAsync(cancellation) is { } line)
        {
            if (TextOf(line)?.Length > 0)
            {
                return;
            }
        }

        Assert.Fail($"The stream ended without a text: {string.Join('\n', Seen)}");
    }

    public async Task ToEndAsync(CancellationToken cancellation)
    {
        while (await NextAsync(cancellation) is not null)
        {
        }
    }

    private async Task<JsonElement?> NextAsync(CancellationToken cancellation)
    {
        if (await next(cancellation) is not { } line)
        {
            return null;
        }

        Seen.Add(JsonSerializer.Deserialize<JsonElement>(line));
        return Seen[^1];
    }
}
