using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hybrid.GpuHost.Models;

/// <summary>The parts that we use of the JSON files which Hugging Face puts beside a model. Every field may be missing.</summary>
public static class ModelConfig
{
    /// <summary><c>config.json</c>.</summary>
    public sealed record Transformer(
        [property: JsonPropertyName("architectures")] IReadOnlyList<string>? Architectures,
        [property: JsonPropertyName("hidden_size")] int? HiddenSize,
        [property: JsonPropertyName("max_position_embeddings")] int? MaxPositions,
        [property: JsonPropertyName("n_positions")] int? GptPositions,
        [property: JsonPropertyName("id2label")] IReadOnlyDictionary<string, string>? Labels,
        [property: JsonPropertyName("eos_token_id")] JsonElement EosIds);

    /// <summary><c>generation_config.json</c>.</summary>
    public sealed record Generation([property: JsonPropertyName("eos_token_id")] JsonElement EosIds);

    /// <summary><c>tokenizer_config.json</c>; a model without a limit has 1e30 there.</summary>
    public sealed record Tokenizer([property: JsonPropertyName("model_max_length")] double? MaxLength);

    /// <summary><c>sentence_bert_config.json</c>.</summary>
    public sealed record SentenceTransformer([property: JsonPropertyName("max_seq_length")] int? MaxLength);

    /// <summary><c>1_Pooling/config.json</c>.</summary>
    public sealed record PoolingLayer(
        [property: JsonPropertyName("pooling_mode_cls_token")] bool Cls,
        [property: JsonPropertyName("pooling_mode_mean_tokens")] bool Mean,
        [property: JsonPropertyName("pooling_mode_max_tokens")] bool Max,
        [property: JsonPropertyName("pooling_mode_lasttoken")] bool LastToken);

    /// <summary>The file as <typeparamref name="T"/>; null when it is not there.</summary>
    /// <exception cref="InvalidDataException">It is there and is not what it should be.</exception>
    public static T? Read<T>(string folder, string file)
        where T : class
    {
        var path = Path.Combine(folder, file);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return (T?)JsonSerializer.Deserialize(File.ReadAllBytes(path), typeof(T), ModelConfigJson.Default);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{file} is not readable: {exception.Message}", exception);
        }
    }

    /// <summary>Token ids that stand as one number or as an array of them.</summary>
    public static IReadOnlyList<int> Ids(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => [element.GetInt32()],
        JsonValueKind.Array => [.. element.EnumerateArray().Select(id => id.GetInt32())],
        _ => [],
    };
}

[JsonSerializable(typeof(ModelConfig.Transformer))]
[JsonSerializable(typeof(ModelConfig.Generation))]
[JsonSerializable(typeof(ModelConfig.Tokenizer))]
[JsonSerializable(typeof(ModelConfig.SentenceTransformer))]
[JsonSerializable(typeof(ModelConfig.PoolingLayer))]
internal sealed partial class ModelConfigJson : JsonSerializerContext;
