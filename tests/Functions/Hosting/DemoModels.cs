using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Testing;

namespace Hybrid.Functions.Tests.Hosting;

/// <summary>A GPU host with the demo models' names, whose answers a test can know beforehand.</summary>
internal static class DemoModels
{
    public const int Dimensions = 32;

    public static readonly ModelList List = new("cpu",
    [
        new ModelInfo("demo-embed", 1, ModelTask.Embed, 256, Dimensions),
        new ModelInfo("demo-generate", 1, ModelTask.Generate, 512, 0),
        new ModelInfo("demo-generate", 2, ModelTask.Generate, 512, 0),
        new ModelInfo("demo-rerank", 1, ModelTask.Rerank, 256, 0),
    ]);

    /// <param name="holds">Words, and what an embedding of a text with such a word waits for.</param>
    public static async Task<FakeGpuHost> StartAsync(IReadOnlyDictionary<string, Task> holds)
    {
        var host = await FakeGpuHost.StartAsync();
        return host
            .On<EmbedRequest, EmbedReply>(TaskRoutes.Embed, async request =>
            {
                await Task.WhenAll(holds.Where(hold => request.Inputs.Any(input => input.Text?.Contains(hold.Key, StringComparison.Ordinal) == true)).Select(hold => hold.Value));
                return Embed(request);
            })
            .On<RerankRequest, RerankReply>(TaskRoutes.Rerank, Rerank)
            .On<GenerateRequest, GenerateReply>(TaskRoutes.Generate, Generate)
            .Streams((request, _) => Stream(request).ToAsyncEnumerable())
            .OnRaw(TaskRoutes.Models, async (http, _) =>
            {
                http.Response.ContentType = MediaTypes.MessagePack;
                await http.Response.Body.WriteAsync(Wire.Encode(List));
            });
    }

    /// <summary>A text's words, each in its own place: texts that share words are near.</summary>
    public static float[] Vector(EmbedInput input)
    {
        var vector = new float[Dimensions];
        vector[0] = 0.1f;
        foreach (var slot in input.Tokens ?? [.. Words(input.Text!).Select(word => word.Sum(letter => letter * 31))])
        {
            vector[slot % Dimensions]++;
        }

        var norm = MathF.Sqrt(vector.Sum(value => value * value));
        return Array.ConvertAll(vector, value => value / norm);
    }

    private static EmbedReply Embed(EmbedRequest request)
    {
        CheckModel(request.Model);
        return new EmbedReply(request.Model, 1, Dimensions, request.Inputs.SelectMany(Vector).ToArray(), request.Inputs.Count * 2, default);
    }

    private static RerankReply Rerank(RerankRequest request)
    {
        CheckModel(request.Model);
        var asked = Words(request.Query).ToHashSet();
        var scores = request.Passages.Select(passage => Words(passage).Count(asked.Contains) / (1f + asked.Count)).ToArray();
        return new RerankReply(request.Model, 1, request.RawScores ? Array.ConvertAll(scores, score => score * 10) : scores, 9, default);
    }

    /// <summary>The best document word for word, or what was said, by whom and how.</summary>
    private static GenerateReply Generate(GenerateRequest request)
    {
        CheckModel(request.Model);
        var said = string.Join(" | ", request.Messages.Select(message => $"{message.Role}: {message.Content}"));
        var text = request.Documents.Count > 0 ? request.Documents[0].Text : $"{said} [{request.MaxTokens} {request.Sampling} {string.Join('/', request.Stop)}]";
        return new GenerateReply(request.Model, 2, text, FinishReason.Stop, 11, 4, default);
    }

    /// <summary>The same in parts of a word each.</summary>
    private static IEnumerable<GenerateFrame> Stream(GenerateRequest request)
    {
        var whole = Generate(request);
        yield return new GenerateFrame.Begin(whole.Model, whole.Version, whole.PromptTokens);
        foreach (var word in whole.Text.Split(' '))
        {
            yield return new GenerateFrame.Piece(word + " ");
        }

        yield return new GenerateFrame.End(whole.FinishReason, whole.CompletionTokens, whole.Timings);
    }

    private static void CheckModel(string model)
    {
        if (List.Models.All(known => known.Name != model))
        {
            throw new HybridException(ErrorCode.ModelNotFound, $"No model '{model}' is served here.", "model");
        }
    }

    private static string[] Words(string text) =>
        text.ToLowerInvariant().Split([' ', '.', ',', '?', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
