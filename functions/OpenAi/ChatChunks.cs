using Hybrid.Contracts.Tasks;

namespace Hybrid.Functions.OpenAi;

/// <summary>Makes the parts of one streamed answer.</summary>
/// <param name="begin">What is known with its first token.</param>
/// <param name="requestId">Names it.</param>
/// <param name="now">When it began.</param>
/// <param name="includeUsage">Whether its last part tells the usage.</param>
internal sealed class ChatChunks(GenerateFrame.Begin begin, string requestId, DateTimeOffset now, bool includeUsage)
{
    private readonly ChatChunk _empty = new(
        $"chatcmpl-{requestId}", "chat.completion.chunk", now.ToUnixTimeSeconds(), begin.Model, $"{begin.Model}@{begin.Version}", []);

    public ChatChunk Role() => Of(new ChatDelta("assistant", ""));

    public ChatChunk Text(string text) => Of(new ChatDelta(Content: text));

    public IEnumerable<ChatChunk> End(GenerateFrame.End end)
    {
        yield return Of(new ChatDelta(), end.FinishReason.ToName());
        if (includeUsage)
        {
            yield return new ChatChunkWithUsage(_empty, ChatUsage.Of(begin.PromptTokens, end.CompletionTokens));
        }
    }

    private ChatChunk Of(ChatDelta delta, string? finish = null)
    {
        var chunk = _empty with { Choices = [new ChatChunkChoice(0, delta, null, finish)] };
        return includeUsage ? new ChatChunkWithUsage(chunk, null) : chunk;
    }
}
